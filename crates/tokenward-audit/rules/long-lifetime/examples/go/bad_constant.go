package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v4"
)

const lifetime = 72 * time.Hour

func issue(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"exp": time.Now().Add(lifetime).Unix(), // finding: high
	})
}
