package auth

import "github.com/golang-jwt/jwt/v5"

var parser = jwt.NewParser(jwt.WithValidMethods([]string{"HS512"}))

func parse(raw string) (*jwt.Token, error) {
	return parser.Parse(raw, func(token *jwt.Token) (any, error) {
		return []byte(secret), nil
	})
}
