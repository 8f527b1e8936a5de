package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	key := []byte(secret)
	find := func(*jwt.Token) (any, error) { return key, nil }
	return jwt.Parse(raw, find) // finding: low
}
