package auth

import "net/http"

func login(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{Name: "access_token", Value: token, Secure: true}) // finding: high
}
