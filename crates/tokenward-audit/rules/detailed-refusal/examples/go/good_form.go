package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func save(w http.ResponseWriter, r *http.Request) {
	err := r.ParseForm()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func read(raw string) (*jwt.Token, error) { return jwt.Parse(raw, key) }
