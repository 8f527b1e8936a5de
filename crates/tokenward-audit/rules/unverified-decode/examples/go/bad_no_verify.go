package auth

import (
	"net/http"

	"github.com/cristalhq/jwt/v5"
)

func user(r *http.Request) (*jwt.Token, error) {
	return jwt.ParseNoVerify([]byte(r.Header.Get("X-Token"))) // finding: high
}
