package auth

import (
	"net/http"

	tokens "github.com/golang-jwt/jwt/v5"
)

var parser = tokens.NewParser()

func guard(r *http.Request) (*tokens.Token, error) {
	return parser.Parse(r.URL.Query().Get("jwt"), key) // finding: medium
}
