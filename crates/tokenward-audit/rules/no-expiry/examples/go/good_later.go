package auth

import "github.com/golang-jwt/jwt/v5"

func issue(id string) *jwt.Token {
	claims := jwt.MapClaims{"sub": id}
	claims["exp"] = soon()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
