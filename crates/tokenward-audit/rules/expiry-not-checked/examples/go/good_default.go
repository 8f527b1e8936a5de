package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, key, jwt.WithExpirationRequired())
}
