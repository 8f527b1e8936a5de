package auth

import "github.com/golang-jwt/jwt/v5"

func issue(claims jwt.Claims, keyID string) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(keys[keyID])
}
