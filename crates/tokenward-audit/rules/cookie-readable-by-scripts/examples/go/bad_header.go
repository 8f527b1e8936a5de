package web

import "net/http"

func login(w http.ResponseWriter, token string) {
	w.Header().Add("Set-Cookie", "token="+token+"; Path=/; Secure") // finding: high
	w.WriteHeader(http.StatusNoContent)
}
