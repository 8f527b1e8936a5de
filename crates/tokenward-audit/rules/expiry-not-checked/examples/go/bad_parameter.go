package auth

import "github.com/golang-jwt/jwt/v4"

func lenient(p *jwt.Parser) {
	p.SkipClaimsValidation = true // finding: high
}
