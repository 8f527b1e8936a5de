package auth

import "github.com/golang-jwt/jwt/v5"

func issue(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": id, "exp": soon()}) // finding: uncertain
}
