package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	parser := jwt.NewParser(jwt.WithIssuer("me"))
	return parser.Parse(raw, func(t *jwt.Token) (any, error) { // finding: low
		return []byte(secret), nil
	})
}
