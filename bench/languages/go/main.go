// golang-jwt verifies as it is told (the protocol: bench/peers/harness/src/serve.rs).
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/golang-jwt/jwt/v5"
)

const (
	module   = "github.com/golang-jwt/jwt/v5"
	issuer   = "https://auth.example.com"
	audience = "orders-api"
)

type claims struct {
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	jwt.RegisteredClaims
}

func main() {
	dir := os.Args[1]
	var contenders []func()
	for _, algorithm := range []string{"HS256", "RS256", "PS256", "ES256", "EdDSA"} {
		contenders = append(contenders, verifier(dir, algorithm))
		fmt.Printf("%s\tverify\tgolang-jwt\t%s\tGo %s\n", algorithm, version(), runtime.Version()[2:])
	}
	fmt.Println("ready")

	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		took := make([]int64, len(words)-1)
		for repeats := number(words[0]); repeats > 0; repeats-- {
			for place, word := range words[1:] {
				index, count, _ := strings.Cut(word, ":")
				verify, left := contenders[number(index)], number(count)
				start := processorTime()
				for ; left > 0; left-- {
					verify()
				}
				took[place] += processorTime() - start
			}
		}
		fmt.Println(strings.Trim(fmt.Sprint(took), "[]"))
	}
}

func verifier(dir, algorithm string) func() {
	token := string(read(dir, algorithm+".jwt"))
	key := publicKey(dir, algorithm)
	find := func(*jwt.Token) (any, error) { return key, nil }
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{algorithm}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
	)
	return func() {
		_, err := parser.ParseWithClaims(token, &claims{}, find)
		check(err)
	}
}

func publicKey(dir, algorithm string) any {
	if algorithm == "HS256" {
		return read(dir, "HS256.public")
	}
	block, _ := pem.Decode(read(dir, algorithm+".pem"))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	check(err)
	return key
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func processorTime() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func version() string {
	build, _ := debug.ReadBuildInfo()
	for _, one := range build.Deps {
		if one.Path == module {
			return strings.TrimPrefix(one.Version, "v")
		}
	}
	return "?"
}

func read(dir, name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(dir, name))
	check(err)
	return bytes
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
