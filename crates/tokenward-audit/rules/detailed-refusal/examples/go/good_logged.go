package auth

import (
	"log"

	"github.com/golang-jwt/jwt/v5"
)

func read(raw string) {
	_, err := jwt.Parse(raw, key)
	if err != nil {
		log.Printf("refused: %s", err.Error())
	}
}
