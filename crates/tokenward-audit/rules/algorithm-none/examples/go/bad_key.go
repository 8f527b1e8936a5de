package auth

import "github.com/golang-jwt/jwt/v5"

func key(token *jwt.Token) (any, error) {
	return jwt.UnsafeAllowNoneSignatureType, nil // finding: critical
}
