package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func User(r *http.Request) (*jwt.Token, error) {
	raw := r.Header.Get("Authorization")
	peek := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(raw, peek); err != nil {
		return nil, err
	}
	key := keyOf(peek["tenant"])
	return jwt.Parse(raw, key, jwt.WithValidMethods([]string{"RS256"}))
}
