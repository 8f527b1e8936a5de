package auth

import (
	"net/http"

	"github.com/dgrijalva/jwt-go"
)

func (s *Server) User(w http.ResponseWriter, r *http.Request) {
	raw := r.URL.Query().Get("auth") // finding: medium
	token, err := jwt.Parse(raw, s.key)
	use(w, token, err)
}
