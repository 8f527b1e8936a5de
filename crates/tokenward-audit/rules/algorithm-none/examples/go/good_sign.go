package auth

import "github.com/golang-jwt/jwt/v5"

func issue(claims jwt.Claims) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodES256, claims)
}
