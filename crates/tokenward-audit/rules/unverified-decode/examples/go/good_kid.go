package auth

import "github.com/golang-jwt/jwt/v5"

func kid(raw string) (string, error) {
	token, _, err := jwt.NewParser().ParseUnverified(raw, jwt.MapClaims{})
	if err != nil {
		return "", err
	}
	id, _ := token.Header["kid"].(string)
	return id, nil
}
