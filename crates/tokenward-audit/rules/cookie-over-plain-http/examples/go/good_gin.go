package auth

import "github.com/gin-gonic/gin"

func login(c *gin.Context, token string) {
	c.SetCookie("jwt", token, 300, "/", "", c.Request.TLS != nil, true)
}
