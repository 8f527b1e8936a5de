package auth

import "github.com/cristalhq/jwt/v5"

func signer() (jwt.Signer, error) {
	return jwt.NewSignerHS(jwt.HS256, []byte("orchard-winter-42")) // finding: high
}
