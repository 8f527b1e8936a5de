package auth

import "github.com/dgrijalva/jwt-go"

func issue(id string) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, &Claims{ID: id}) // finding: uncertain
}
