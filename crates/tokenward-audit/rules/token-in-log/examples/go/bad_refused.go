package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) *jwt.Token {
	parsed, err := jwt.Parse(raw, key)
	if err != nil {
		log.Printf("refused %s: %v", raw, err) // finding: uncertain
	}
	return parsed
}
