package shop

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func profile(w http.ResponseWriter, r *http.Request) {
	session, _ := sessions.Get(r, "login")
	raw := session.Values["token"].(string)
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(raw, claims); err == nil {
		show(w, accounts.Find(claims["sub"].(string)))
	}
}
