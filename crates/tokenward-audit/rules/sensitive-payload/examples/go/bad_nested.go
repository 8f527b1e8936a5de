package auth

import "github.com/dgrijalva/jwt-go"

func issue(u User) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"user": map[string]string{"iban": u.Account}, // finding: high
	})
}
