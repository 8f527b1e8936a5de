package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func User(r *http.Request) string {
	raw := r.Header.Get("Authorization")
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(raw, claims) // finding: high
	if err != nil {
		return ""
	}
	return claims["sub"].(string)
}
