package auth

import (
	"time"

	"github.com/dgrijalva/jwt-go"
)

func issue(id string) *jwt.Token {
	expires := time.Now().AddDate(1, 0, 0).Unix() // finding: high
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.StandardClaims{ExpiresAt: expires})
}
