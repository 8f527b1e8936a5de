package auth

import "github.com/golang-jwt/jwt/v5"

func issue(s Session) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": s.User, "sid": s.SessionID})
}
