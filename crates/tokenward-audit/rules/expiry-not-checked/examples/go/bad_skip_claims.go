package auth

import "github.com/golang-jwt/jwt/v4"

func parse(raw string) (*jwt.Token, error) {
	parser := &jwt.Parser{ValidMethods: []string{"RS256"}, SkipClaimsValidation: true} // finding: high
	return parser.Parse(raw, key)
}
