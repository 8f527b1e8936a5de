package auth

import (
	"log/slog"

	"github.com/golang-jwt/jwt/v5"
)

func guard(raw string) (*jwt.Token, error) {
	slog.Info("request", "token", fingerprint(raw))
	return jwt.Parse(raw, key)
}
