package auth

import (
	"os"

	"github.com/golang-jwt/jwt/v5"
)

func issue(token *jwt.Token) (string, error) {
	secret := os.Getenv("JWT_SECRET")
	if secret == "" {
		secret = "fallback" // finding: high
	}
	return token.SignedString([]byte(secret))
}
