package auth

import "github.com/golang-jwt/jwt"

func issue() *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodRS256, &jwt.StandardClaims{Issuer: "me"}) // finding: high
}
