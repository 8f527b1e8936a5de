package auth

import jwtgo "github.com/dgrijalva/jwt-go"

const secret = "a secret in the code" // finding: high

func issue(claims jwtgo.Claims) (string, error) {
	return jwtgo.NewWithClaims(jwtgo.SigningMethodHS256, claims).SignedString([]byte(secret))
}
