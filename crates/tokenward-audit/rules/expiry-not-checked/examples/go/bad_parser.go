package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string) (*jwt.Token, error) {
	parser := jwt.NewParser(jwt.WithoutClaimsValidation()) // finding: high
	return parser.Parse(raw, key)
}
