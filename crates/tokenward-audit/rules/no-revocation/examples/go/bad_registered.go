package auth

import "github.com/golang-jwt/jwt/v5"

func issue(id string) *jwt.Token {
	claims := jwt.RegisteredClaims{Subject: id, ExpiresAt: soon()}
	return jwt.NewWithClaims(jwt.SigningMethodES256, claims) // finding: uncertain
}
