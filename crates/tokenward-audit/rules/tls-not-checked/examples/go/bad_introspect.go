package auth

import (
	"crypto/tls"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

type Introspector struct{ parser *jwt.Parser }

func (i Introspector) introspect(token string) error {
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // finding: high
	_, err := (&http.Client{Transport: tr}).Get("https://auth.example/introspect?t=" + token)
	return err
}
