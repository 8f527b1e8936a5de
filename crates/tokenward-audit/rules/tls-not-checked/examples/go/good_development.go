package auth

import (
	"crypto/tls"

	"github.com/golang-jwt/jwt/v5"
)

func jwksTLS(settings Settings) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if settings.Development {
		config.InsecureSkipVerify = true
	}
	return config
}

var parser = jwt.NewParser()
