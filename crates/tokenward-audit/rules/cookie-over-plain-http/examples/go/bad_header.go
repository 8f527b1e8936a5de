package web

import "net/http"

func login(w http.ResponseWriter, token string) {
	w.Header().Add("Set-Cookie", "token="+token+"; Path=/; HttpOnly") // finding: medium
	w.WriteHeader(http.StatusNoContent)
}
