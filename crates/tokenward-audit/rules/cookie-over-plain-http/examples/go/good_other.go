package auth

import "net/http"

func theme() http.Cookie { return http.Cookie{Name: "theme", Value: "dark"} }
