package auth

import "github.com/golang-jwt/jwt/v5"

var key = []byte("my_secret_key") // finding: high

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, func(t *jwt.Token) (any, error) { return key, nil })
}
