package auth

import (
	"github.com/dgrijalva/jwt-go"
	"github.com/gin-gonic/gin"
)

func guard(c *gin.Context, raw string) {
	token, err := jwt.Parse(raw, key)
	if err != nil || !token.Valid {
		c.AbortWithStatusJSON(401, gin.H{"message": "bad token: " + err.Error()}) // finding: medium
	}
}
