package auth

import "github.com/lestrrat-go/jwx/v2/jwt"

func parse(raw []byte) (jwt.Token, error) {
	return jwt.Parse(raw, jwt.WithKeySet(keys), jwt.WithValidate(false)) // finding: high
}
