package auth

import "net/http"

func login(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{ // finding: medium
		Name:     "access_token",
		Value:    token,
		HttpOnly: true,
		Secure:   false,
	})
}
