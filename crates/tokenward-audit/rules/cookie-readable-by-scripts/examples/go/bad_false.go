package auth

import "net/http"

func login(w http.ResponseWriter, token string) {
	cookie := http.Cookie{Name: "jwt", Value: token, HttpOnly: false} // finding: high
	http.SetCookie(w, &cookie)
}
