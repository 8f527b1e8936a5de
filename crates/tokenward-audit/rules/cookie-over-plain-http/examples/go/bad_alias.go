package auth

import web "net/http"

func cookie(token string) web.Cookie {
	return web.Cookie{Name: "auth_token", Value: token, HttpOnly: true} // finding: medium
}
