package auth

import "github.com/golang-jwt/jwt/v4"

type Parser = jwt.Parser

func lenient(p *Parser) {
	p.SkipClaimsValidation = true // finding: high
}
