package auth

import (
	"net/http"

	"github.com/go-jose/go-jose/v4/jwt"
)

func user(r *http.Request) (string, error) {
	token, err := jwt.ParseSigned(r.Header.Get("X-Token"), algorithms)
	if err != nil {
		return "", err
	}
	claims := jwt.Claims{}
	err = token.UnsafeClaimsWithoutVerification(&claims) // finding: high
	return claims.Subject, err
}
