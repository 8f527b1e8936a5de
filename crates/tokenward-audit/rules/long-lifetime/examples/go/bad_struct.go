package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func issue(id string) *jwt.Token {
	claims := Claims{RegisteredClaims: jwt.RegisteredClaims{
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(24 * time.Hour)), // finding: medium
	}}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
