package main

import (
	"flag"

	"github.com/golang-jwt/jwt/v5"
)

var algorithm = flag.String("alg", "", "")

func key(*jwt.Token) (any, error) {
	if *algorithm == "none" {
		return jwt.UnsafeAllowNoneSignatureType, nil // finding: uncertain
	}
	return load()
}
