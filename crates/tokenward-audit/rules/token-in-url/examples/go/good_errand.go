package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func confirmAddress(r *http.Request) (*jwt.Token, error) {
	return jwt.Parse(r.URL.Query().Get("token"), key)
}
