package auth

import "github.com/gin-gonic/gin"

func login(c *gin.Context, token string) {
	c.SetCookie("token", token, 300, "/", "", true, true)
}
