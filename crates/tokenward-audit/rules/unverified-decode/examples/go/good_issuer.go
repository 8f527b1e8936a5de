package auth

import "github.com/golang-jwt/jwt/v5"

func issuer(raw string) string {
	claims := jwt.MapClaims{}
	_, _, err := new(jwt.Parser).ParseUnverified(raw, claims)
	if err != nil {
		return ""
	}
	iss, _ := claims["iss"].(string)
	return iss
}
