package auth

import "github.com/golang-jwt/jwt/v4"

func parse(raw string) error {
	claims := &Claims{}
	_, err := jwt.ParseWithClaims(raw, claims, func(t *jwt.Token) (interface{}, error) { // finding: low
		return []byte(config.Secret), nil
	})
	return err
}
