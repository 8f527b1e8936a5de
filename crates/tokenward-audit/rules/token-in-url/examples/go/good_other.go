package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func list(r *http.Request, raw string) (*jwt.Token, error) {
	show(r.URL.Query().Get("page"))
	return jwt.Parse(raw, key)
}
