package auth

import tokens "github.com/golang-jwt/jwt/v5"

func issue(u User) *tokens.Token {
	return tokens.NewWithClaims(tokens.SigningMethodHS256, tokens.MapClaims{"apiKey": u.Key}) // finding: high
}
