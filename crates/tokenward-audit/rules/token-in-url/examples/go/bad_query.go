package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(r *http.Request) (*jwt.Token, error) {
	raw := r.URL.Query().Get("token") // finding: medium
	return jwt.Parse(raw, key)
}
