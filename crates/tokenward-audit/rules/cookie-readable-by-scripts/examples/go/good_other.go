package auth

import "net/http"

func language(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: "language", Value: "en"})
}
