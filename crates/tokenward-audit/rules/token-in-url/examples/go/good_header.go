package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(r *http.Request) (*jwt.Token, error) {
	return jwt.Parse(r.Header.Get("Authorization"), key)
}
