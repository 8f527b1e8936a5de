package web

import "net/http"

func login(w http.ResponseWriter, token, theme string) {
	w.Header().Add("Set-Cookie", "token="+token+"; Path=/; Secure; HttpOnly")
	w.Header().Add("Set-Cookie", "theme="+theme+"; Path=/")
	w.Header().Set("X-Token", "token="+token)
}
