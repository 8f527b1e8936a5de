package auth

import "github.com/golang-jwt/jwt/v5"

func issue(u User) *jwt.Token {
	claims := jwt.MapClaims{"sub": u.ID, "phone": u.Phone} // finding: medium
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
}
