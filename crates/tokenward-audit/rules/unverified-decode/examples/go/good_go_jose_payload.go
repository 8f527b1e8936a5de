package auth

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

func user(r *http.Request, key any) (string, error) {
	signed, err := jose.ParseSigned(r.Header.Get("X-Token"), algorithms)
	if err != nil {
		return "", err
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return "", err
	}
	var claims struct{ Sub string }
	err = json.Unmarshal(payload, &claims)
	return claims.Sub, err
}
