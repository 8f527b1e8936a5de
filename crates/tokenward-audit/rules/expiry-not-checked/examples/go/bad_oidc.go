package auth

import (
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

func verifier(provider *oidc.Provider) *oidc.IDTokenVerifier {
	return provider.Verifier(&oidc.Config{ClientID: "shop", SkipExpiryCheck: true}) // finding: high
}

var parser = jwt.NewParser()
