package bookmarks

import "net/http"

func save(request *http.Request, token string) {
	request.AddCookie(&http.Cookie{Name: "session_token", Value: token})
	cookie := &http.Cookie{Name: "access_token", Value: token}
	request.AddCookie(cookie)
}
