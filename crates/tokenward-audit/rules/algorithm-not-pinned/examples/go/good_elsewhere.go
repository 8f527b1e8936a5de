package auth

import (
	"example.com/own/keys"
	"github.com/golang-jwt/jwt/v5"
)

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, keys.Find)
}
