package auth

import "github.com/golang-jwt/jwt/v5"

func issue(claims jwt.Claims) *jwt.Token {
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = name
	return token
}
