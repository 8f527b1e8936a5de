package auth

import "github.com/golang-jwt/jwt/v5"

func read(raw string) error {
	_, err := jwt.Parse(raw, key)
	return err
}
