package auth

import "github.com/golang-jwt/jwt/v5"

func revoke(token string) { ended.Add(token) }

func issue(claims jwt.Claims) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
