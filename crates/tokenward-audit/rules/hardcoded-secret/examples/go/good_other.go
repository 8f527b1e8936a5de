package auth

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/golang-jwt/jwt/v5"
)

var fingerprint = hmac.New(sha256.New, []byte("label"))

func issue(token *jwt.Token) (string, error) { return token.SignedString(key()) }
