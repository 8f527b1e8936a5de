package auth

import (
	"crypto/tls"

	"github.com/golang-jwt/jwt/v5"
)

func jwksTLS(insecure bool) *tls.Config { return &tls.Config{InsecureSkipVerify: insecure} }

var parser = jwt.NewParser()
