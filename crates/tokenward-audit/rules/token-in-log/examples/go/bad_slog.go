package auth

import (
	"log/slog"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) (*jwt.Token, error) {
	slog.Warn("request", "token", raw) // finding: high
	return jwt.Parse(raw, key)
}
