package auth

import tokens "github.com/golang-jwt/jwt/v4"

func subject(raw string) (*tokens.Token, error) {
	return tokens.ParseWithClaims(raw, claims, key, tokens.WithoutClaimsValidation()) // finding: high
}
