package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func issue(id string) *jwt.Token {
	claims := jwt.MapClaims{"sub": id}
	claims["exp"] = time.Now().Add(time.Hour * 48).Unix() // finding: high
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
