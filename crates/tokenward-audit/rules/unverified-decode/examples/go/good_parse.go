package auth

import "github.com/golang-jwt/jwt/v5"

func parse(raw string, key jwt.Keyfunc) (*jwt.Token, error) {
	// parser.ParseUnverified(raw, claims) would not look at the signature.
	return jwt.Parse(raw, key, jwt.WithValidMethods([]string{"ES256"}))
}
