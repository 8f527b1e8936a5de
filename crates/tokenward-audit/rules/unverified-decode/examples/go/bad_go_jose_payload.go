package auth

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

func user(r *http.Request) (string, error) {
	signed, err := jose.ParseSigned(r.Header.Get("X-Token"), algorithms)
	if err != nil {
		return "", err
	}
	var claims struct{ Sub string }
	err = json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &claims) // finding: high
	return claims.Sub, err
}
