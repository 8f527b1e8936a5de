package auth

import (
	"crypto/tls"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func fetchJWKS(url string) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // finding: high
	}}
	return client.Get(url)
}

func read(token string) (*jwt.Token, error) { return jwt.Parse(token, key) }
