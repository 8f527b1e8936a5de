package auth

import jwtgo "github.com/dgrijalva/jwt-go"

func keyFunc(token *jwtgo.Token) (interface{}, error) {
	return []byte(os.Getenv("SECRET")), nil
}

func parse(raw string) (*jwtgo.Token, error) {
	return jwtgo.Parse(raw, keyFunc) // finding: low
}
