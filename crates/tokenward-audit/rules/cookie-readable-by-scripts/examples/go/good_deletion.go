package auth

import "net/http"

func logout(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: "token", Value: "", MaxAge: -1})
}
