package auth

import web "net/http"

func login(w web.ResponseWriter, token string) {
	web.SetCookie(w, &web.Cookie{Name: "refresh_token", Value: token}) // finding: high
}
