package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v4"
)

func guard(req *http.Request) (*jwt.Token, error) {
	return jwt.Parse(req.URL.Query().Get("access_token"), key) // finding: medium
}
