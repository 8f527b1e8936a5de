package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(r *http.Request) (*jwt.Token, error) {
	cookie, err := r.Cookie("__Host-access")
	if err != nil {
		return nil, err
	}
	return jwt.Parse(cookie.Value, key)
}
