package auth

import "github.com/golang-jwt/jwt/v5"

func issue(claims jwt.Claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	return token.SignedString([]byte("secret")) // finding: high
}
