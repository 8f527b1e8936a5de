package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(w http.ResponseWriter, r *http.Request) {
	_, err := jwt.Parse(r.Header.Get("Token"), key)
	if err != nil {
		http.Error(w, "invalid token", 401)
		return
	}
	_, err = body(r)
	if err != nil {
		http.Error(w, err.Error(), 400)
	}
}
