package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) (*jwt.Token, error) {
	log.Printf("jwt: %v", raw) // finding: high
	return jwt.Parse(raw, key, jwt.WithValidMethods([]string{"RS256"}))
}
