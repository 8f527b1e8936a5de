package auth

import "net/http"

func gone() http.Cookie { return http.Cookie{Name: "token", Value: "", MaxAge: -1} }
