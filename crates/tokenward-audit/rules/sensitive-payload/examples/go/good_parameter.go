package auth

import "github.com/golang-jwt/jwt/v5"

func issue(password string, claims jwt.Claims) *jwt.Token {
	check(password)
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
