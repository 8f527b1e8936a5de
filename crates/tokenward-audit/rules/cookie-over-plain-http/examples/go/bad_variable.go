package auth

import "net/http"

func cookie(token string) *http.Cookie {
	c := new(http.Cookie)
	*c = http.Cookie{Name: "id_token", Value: token, HttpOnly: true} // finding: medium
	return c
}
