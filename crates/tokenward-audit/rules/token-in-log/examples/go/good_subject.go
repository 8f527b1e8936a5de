package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) (*Claims, error) {
	claims := &Claims{}
	_, err := jwt.ParseWithClaims(raw, claims, key)
	log.Printf("request of %s", claims.Subject)
	return claims, err
}
