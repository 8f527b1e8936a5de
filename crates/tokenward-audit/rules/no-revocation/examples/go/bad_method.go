package auth

import "github.com/golang-jwt/jwt"

func (s *Service) Issue(id string) (string, error) {
	return jwt.NewWithClaims(s.method, jwt.MapClaims{"sub": id}).SignedString(s.key) // finding: uncertain
}
