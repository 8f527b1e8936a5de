package auth

import (
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

func key(token *jwt.Token) (any, error) {
	if token.Method.Alg() == "none" {
		return nil, errors.New("refused")
	}
	return publicKey, nil
}
