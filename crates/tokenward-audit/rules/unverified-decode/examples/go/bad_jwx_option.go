package auth

import (
	"net/http"

	xjwt "github.com/lestrrat-go/jwx/jwt"
)

func Email(r *http.Request) any {
	token, _ := xjwt.ParseString(r.Header.Get("Authorization"), xjwt.WithVerify(false)) // finding: high
	email, _ := token.Get("email")
	return email
}
