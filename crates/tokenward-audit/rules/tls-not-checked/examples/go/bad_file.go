package auth

import (
	"crypto/tls"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

var insecure = &tls.Config{InsecureSkipVerify: true} // finding: high

var keys = jwk.NewCache(context.Background())
var jwksURL = "https://auth.example/jwks"
