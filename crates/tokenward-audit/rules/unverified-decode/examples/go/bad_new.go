package auth

import (
	jwtgo "github.com/dgrijalva/jwt-go"
	"github.com/gin-gonic/gin"
)

func Middleware(c *gin.Context) {
	token, _, _ := new(jwtgo.Parser).ParseUnverified(c.GetHeader("X-Token"), jwtgo.MapClaims{}) // finding: high
	claims := token.Claims.(jwtgo.MapClaims)
	c.Set("user", claims["user_id"])
}
