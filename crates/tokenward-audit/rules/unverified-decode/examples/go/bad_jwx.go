package auth

import (
	"net/http"

	"github.com/lestrrat-go/jwx/v2/jwt"
)

func Who(req *http.Request) string {
	raw := req.Header.Get("Authorization")
	token, err := jwt.ParseInsecure([]byte(raw)) // finding: high
	if err != nil {
		return ""
	}
	return token.Subject()
}
