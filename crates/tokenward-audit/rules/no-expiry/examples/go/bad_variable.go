package auth

import "github.com/dgrijalva/jwt-go"

func issue(id string) *jwt.Token {
	claims := jwt.MapClaims{"id": id}
	claims["role"] = "user"
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims) // finding: high
}
