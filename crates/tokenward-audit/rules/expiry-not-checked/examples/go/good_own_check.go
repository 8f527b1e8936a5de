package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func parse(raw string) (bool, error) {
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(raw, &claims, key, jwt.WithoutClaimsValidation())
	return claims.ExpiresAt.Unix() > time.Now().Unix(), err
}
