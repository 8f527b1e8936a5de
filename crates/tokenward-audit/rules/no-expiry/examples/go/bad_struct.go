package auth

import gojwt "github.com/golang-jwt/jwt/v4"

func issue(id string) *gojwt.Token {
	claims := &Claims{
		ID:               id,
		RegisteredClaims: gojwt.RegisteredClaims{Issuer: "me"},
	}
	return gojwt.NewWithClaims(gojwt.SigningMethodHS512, claims) // finding: high
}
