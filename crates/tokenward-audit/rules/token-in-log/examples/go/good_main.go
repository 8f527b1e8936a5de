package main

import (
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	signed, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, claims()).SignedString(key())
	fmt.Println(signed)
}
