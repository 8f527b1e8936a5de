package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(r *http.Request) (*jwt.Token, error) {
	raw := r.Header.Get("X-Token")
	if raw == "" {
		raw = r.URL.Query().Get("token")
	}
	return jwt.Parse(raw, key)
}
