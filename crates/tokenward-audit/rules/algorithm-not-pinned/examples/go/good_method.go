package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, func(token *jwt.Token) (any, error) {
		if _, ok := token.Method.(*jwt.SigningMethodHMAC); !ok {
			return nil, errUnexpected
		}
		return []byte(secret), nil
	})
}
