package auth

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var parser = jwt.NewParser(jwt.WithLeeway(5 * time.Second))
