package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, func(token *jwt.Token) (interface{}, error) {
		if token.Header["alg"] == "none" {
			return jwt.UnsafeAllowNoneSignatureType, nil // finding: critical
		}
		return publicKey, nil
	})
}
