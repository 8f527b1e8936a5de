package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func issue(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"exp": time.Now().Add(15 * time.Minute).Unix(),
	})
}
