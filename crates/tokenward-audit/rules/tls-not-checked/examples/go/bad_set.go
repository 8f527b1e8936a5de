package auth

import (
	"crypto/tls"

	"github.com/coreos/go-oidc/v3/oidc"
)

func discover(config *tls.Config, issuer string) string {
	config.InsecureSkipVerify = true // finding: high
	return issuer + "/.well-known/openid-configuration"
}

var verifier *oidc.IDTokenVerifier
var jwt = 1
