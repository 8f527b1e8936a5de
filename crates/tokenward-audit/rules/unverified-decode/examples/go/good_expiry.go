package cli

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func expired(raw string) bool {
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(raw, &claims); err != nil {
		return true
	}
	return claims.ExpiresAt.Before(time.Now())
}
