package auth

import (
	"net/http"

	jwt "github.com/golang-jwt/jwt/v4"
)

func guard(w http.ResponseWriter, raw string) {
	parser := jwt.NewParser()
	_, err := parser.Parse(raw, key)
	if err != nil {
		http.Error(w, "invalid: "+err.Error(), 401) // finding: medium
	}
}
