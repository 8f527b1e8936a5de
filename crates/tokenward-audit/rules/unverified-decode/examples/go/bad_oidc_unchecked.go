package login

import (
	"context"

	"github.com/coreos/go-oidc/v3/oidc"
)

func verifier(ctx context.Context, provider *oidc.Provider) *oidc.IDTokenVerifier {
	return provider.Verifier(&oidc.Config{
		ClientID:                   "orders",
		InsecureSkipSignatureCheck: true, // finding: critical
	})
}
