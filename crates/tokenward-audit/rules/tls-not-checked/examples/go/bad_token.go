package auth

import (
	"crypto/tls"
	"net/http"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

func refresh(refreshToken string) (*http.Response, error) {
	transport := http.Transport{TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // finding: high
	}}
	client := http.Client{Transport: &transport}
	return client.PostForm("https://auth.example/token", url.Values{"refresh_token": {refreshToken}})
}

var parser = jwt.NewParser()
