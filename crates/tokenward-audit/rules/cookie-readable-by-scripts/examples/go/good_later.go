package auth

import "net/http"

func login(w http.ResponseWriter, token string) {
	cookie := &http.Cookie{Name: "token", Value: token}
	cookie.HttpOnly = true
	cookie.Secure = true
	http.SetCookie(w, cookie)
}
