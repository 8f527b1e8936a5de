package auth

import "github.com/gin-gonic/gin"

func login(c *gin.Context, token string) {
	c.SetCookie("token", token, 3600, "/", "", true, false) // finding: high
}
