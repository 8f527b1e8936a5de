package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(w http.ResponseWriter, raw string) {
	token, err := jwt.Parse(raw, key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized) // finding: medium
		return
	}
	use(token)
}
