package auth

import (
	"log"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func guard(w http.ResponseWriter, raw string) {
	if _, err := jwt.Parse(raw, key); err != nil {
		log.Println(err.Error())
		http.Error(w, "invalid token", http.StatusUnauthorized)
	}
}
