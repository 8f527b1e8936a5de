package auth

import tokens "github.com/golang-jwt/jwt/v4"

func issue(claims tokens.Claims) *tokens.Token {
	return tokens.NewWithClaims(tokens.SigningMethodRS256, claims) // finding: low
}
