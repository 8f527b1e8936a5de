package jwt

type Parser struct {
	ValidMethods         []string
	SkipClaimsValidation bool
}

type ParserOption func(*Parser)

func WithoutClaimsValidation() ParserOption {
	return func(p *Parser) {
		p.SkipClaimsValidation = true
	}
}
