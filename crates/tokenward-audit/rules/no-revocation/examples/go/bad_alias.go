package auth

import tokens "github.com/golang-jwt/jwt/v4"

func issue(user string) *tokens.Token {
	return tokens.NewWithClaims(tokens.SigningMethodRS256, tokens.MapClaims{"sub": user}) // finding: uncertain
}
