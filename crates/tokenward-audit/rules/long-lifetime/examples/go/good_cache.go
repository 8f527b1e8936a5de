package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const keepKeysFor = 24 * 30 * time.Hour

func parse(raw string) (*jwt.Token, error) {
	return jwt.Parse(raw, cached(keepKeysFor), jwt.WithValidMethods([]string{"RS256"}))
}
