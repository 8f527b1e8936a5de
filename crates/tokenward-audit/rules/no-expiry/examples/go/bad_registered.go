package auth

import "github.com/golang-jwt/jwt/v5"

func issue(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodES256, jwt.RegisteredClaims{Subject: id}) // finding: high
}
