package auth

import (
	"crypto/tls"
	"crypto/x509"

	"github.com/golang-jwt/jwt/v5"
)

func jwksTLS(pool *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

var parser = jwt.NewParser()
