package auth

import (
	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

func guard(c *gin.Context) {
	token, err := jwt.ParseWithClaims(c.Query("token"), &Claims{}, key) // finding: medium
	use(token, err)
}
