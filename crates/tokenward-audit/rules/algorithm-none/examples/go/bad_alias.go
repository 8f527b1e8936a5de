package auth

import tokens "github.com/dgrijalva/jwt-go"

func issue(claims tokens.MapClaims) (string, error) {
	token := tokens.NewWithClaims(tokens.SigningMethodNone, claims) // finding: high
	return token.SignedString(tokens.UnsafeAllowNoneSignatureType) // finding: critical
}
