package auth

import "github.com/golang-jwt/jwt/v4"

func issue(u User) *jwt.Token {
	return jwt.NewWithClaims(jwt.SigningMethodES256, Claims{
		PasswordHash: u.Hash, // finding: high
	})
}
