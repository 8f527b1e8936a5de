package auth

import "net/http"

func cookie(token string) http.Cookie {
	return http.Cookie{Name: "token", Value: token, HttpOnly: true, Secure: true}
}
