package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func (s *Issuer) issue(claims jwt.Claims) (string, error) {
	log.Println("secret:", s.secret) // finding: high
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(s.secret))
}
