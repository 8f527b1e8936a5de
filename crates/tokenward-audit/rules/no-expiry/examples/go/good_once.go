package client

import "github.com/golang-jwt/jwt/v5"

func sign(client string, key any) (string, error) {
	claims := jwt.MapClaims{"client": client, "ts": now(), "nonce": freshNonce()}
	return jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(key)
}
