package auth

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func fetchJWKS(url string) (*http.Response, error) { return http.Get(url) }

func read(token string) (*jwt.Token, error) { return jwt.Parse(token, key) }
