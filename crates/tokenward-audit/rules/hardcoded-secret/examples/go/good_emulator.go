package auth

import "github.com/golang-jwt/jwt/v5"

func emulatedToken(user string) (string, error) {
	claims := jwt.MapClaims{"sub": user, "exp": soon()}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte("known to all"))
}
