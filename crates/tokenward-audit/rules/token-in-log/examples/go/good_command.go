package main

import (
	"flag"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

func show(claims jwt.Claims) {
	flag.Parse()
	signed, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(key)
	fmt.Println(signed)
}
