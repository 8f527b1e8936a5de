package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, func(t *jwt.Token) (any, error) {
		return jwt.ParseRSAPublicKeyFromPEM([]byte(pem))
	})
}
