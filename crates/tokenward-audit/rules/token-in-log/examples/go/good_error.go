package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) *jwt.Token {
	parsed, err := jwt.Parse(raw, key)
	if err != nil {
		log.Printf("refused: %v", err)
	}
	return parsed
}
