package auth

import "net/http"

const name = "auth-token"

func login(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: token, Path: "/"}) // finding: high
}
