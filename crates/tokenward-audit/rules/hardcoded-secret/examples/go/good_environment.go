package auth

import (
	"os"

	"github.com/golang-jwt/jwt/v5"
)

func issue(token *jwt.Token) (string, error) {
	return token.SignedString([]byte(os.Getenv("JWT_SECRET")))
}
