package auth

import "github.com/golang-jwt/jwt/v5"

func issue(u User) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"passwordVersion": u.Version})
}
