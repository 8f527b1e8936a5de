package auth

import "github.com/golang-jwt/jwt/v5"

func rotate() { keys = append(keys, newKey()) }

func issue(claims jwt.Claims) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(keys[0])
}
