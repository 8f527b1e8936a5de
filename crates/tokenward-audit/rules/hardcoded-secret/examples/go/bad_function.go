package auth

import "github.com/golang-jwt/jwt/v4"

func find(t *jwt.Token) (interface{}, error) {
	if _, ok := t.Method.(*jwt.SigningMethodHMAC); !ok {
		return nil, errUnexpected
	}
	return []byte("AllYourBase"), nil // finding: high
}

func parse(raw string) (*jwt.Token, error) {
	return jwt.ParseWithClaims(raw, &Claims{}, find)
}
