package auth

import (
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

func issue(claims jwt.Claims, key []byte) (string, error) {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(key)
	fmt.Println("issued", signed) // finding: high
	return signed, err
}
