package auth

import (
	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/zap"
)

func (s *Server) guard(raw string) (*jwt.Token, error) {
	s.logger.Info("request", zap.String("token", raw)) // finding: high
	return jwt.ParseWithClaims(raw, &Claims{}, s.key)
}
