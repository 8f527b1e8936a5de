package api

import (
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

func admin(w http.ResponseWriter, r *http.Request) {
	raw := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	token, _, err := jwt.NewParser().ParseUnverified(raw, jwt.MapClaims{}) // finding: high
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if claims := token.Claims.(jwt.MapClaims); claims["role"] != "admin" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	erase()
}
