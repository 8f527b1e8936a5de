package auth

import (
	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

func guard(c *gin.Context) {
	_, err := jwt.ParseWithClaims(c.GetHeader("Token"), &Claims{}, key)
	if err != nil {
		c.JSON(401, gin.H{"error": err.Error()}) // finding: medium
	}
}
