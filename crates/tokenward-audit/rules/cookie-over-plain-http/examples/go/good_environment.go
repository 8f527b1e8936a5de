package auth

import "net/http"

func cookie(token string, c Config) http.Cookie {
	return http.Cookie{Name: "token", Value: token, HttpOnly: true, Secure: c.TLS}
}
