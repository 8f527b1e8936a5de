package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string, c Config) (*jwt.Token, error) {
	return jwt.Parse(raw, func(t *jwt.Token) (any, error) { return []byte(c.Secret), nil })
}
