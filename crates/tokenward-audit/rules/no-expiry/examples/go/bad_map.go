package auth

import "github.com/golang-jwt/jwt/v5"

func issue(id string) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": id}) // finding: high
	return token.SignedString(key)
}
