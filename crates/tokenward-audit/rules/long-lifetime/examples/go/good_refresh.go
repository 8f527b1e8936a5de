package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func refreshToken(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"exp": time.Now().Add(7 * 24 * time.Hour).Unix(),
	})
}
