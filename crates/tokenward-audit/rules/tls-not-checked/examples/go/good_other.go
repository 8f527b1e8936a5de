package auth

import (
	"crypto/tls"

	"github.com/golang-jwt/jwt/v5"
)

func printer() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

var parser = jwt.NewParser()
