package auth

import (
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

func find(t *jwt.Token) (any, error) {
	if t.Header["kid"] == nil {
		return nil, errors.New("no kid")
	}
	return keys[t.Header["kid"].(string)], nil
}

func parse(raw string) (*jwt.Token, error) { return jwt.Parse(raw, find) }
