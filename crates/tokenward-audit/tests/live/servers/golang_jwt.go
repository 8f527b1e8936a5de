// golang-jwt behind net/http; or with one mistake, named on the command line.
package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

const (
	issuer   = "https://issuer.example"
	audience = "https://api.example"
)

var (
	fault   = ""
	key     = generate()
	standby = generate()
)

func generate() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func jwk(kid string, key *rsa.PrivateKey) map[string]string {
	text := base64.RawURLEncoding.EncodeToString
	return map[string]string{
		"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig",
		"n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes()),
	}
}

func publicPem() []byte {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func keyOf(token *jwt.Token) (interface{}, error) {
	switch token.Method.(type) {
	case *jwt.SigningMethodRSA:
		return &key.PublicKey, nil
	case *jwt.SigningMethodHMAC:
		if fault == "confused" {
			return publicPem(), nil
		}
	}
	if fault == "none" && token.Method.Alg() == "none" {
		return jwt.UnsafeAllowNoneSignatureType, nil
	}
	return nil, errors.New("another algorithm")
}

func read(text string) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	if fault == "unverified" {
		_, _, err := new(jwt.Parser).ParseUnverified(text, claims)
		return claims, err
	}
	if _, err := jwt.ParseWithClaims(text, claims, keyOf); err != nil {
		return nil, err
	}
	if !claims.VerifyIssuer(issuer, true) || !claims.VerifyAudience(audience, true) ||
		!claims.VerifyExpiresAt(time.Now().Unix(), true) {
		return nil, errors.New("claims")
	}
	return claims, nil
}

func answer(w http.ResponseWriter, status int, body interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, max-age=300")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func me(w http.ResponseWriter, r *http.Request) {
	claims, err := read(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		why := "invalid token"
		if fault == "detailed" {
			why = err.Error()
		}
		answer(w, 401, map[string]string{"error": why})
		return
	}
	answer(w, 200, map[string]interface{}{"subject": claims["sub"]})
}

func sign(changes jwt.MapClaims) string {
	now := time.Now().Unix()
	claims := jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": "u1", "jti": fmt.Sprint("id-", now),
		"iat": now, "nbf": now, "exp": now + 300,
	}
	for name, value := range changes {
		claims[name] = value
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"], token.Header["typ"] = "one", "at+jwt"
	text, err := token.SignedString(key)
	if err != nil {
		panic(err)
	}
	return text
}

func main() {
	if len(os.Args) > 1 {
		fault = os.Args[1]
	}
	http.HandleFunc("/me", me)
	http.HandleFunc("/.well-known/jwks.json", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, map[string]interface{}{
			"keys": []interface{}{jwk("one", key), jwk("two", standby)},
		})
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	origin := "http://" + listener.Addr().String()
	private, _ := x509.MarshalPKCS8PrivateKey(key)
	json.NewEncoder(os.Stdout).Encode(map[string]string{
		"url": origin + "/me", "origin": origin, "token": sign(nil),
		"expired":        sign(jwt.MapClaims{"exp": 1600000300}),
		"other_audience": sign(jwt.MapClaims{"aud": "https://other.example"}),
		"signing_key":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	})
	panic(http.Serve(listener, nil))
}
