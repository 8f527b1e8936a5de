package oidc

import "crypto/tls"

func tokenConfig(insecure bool) *tls.Config {
	config := &tls.Config{}
	if insecure {
		config.InsecureSkipVerify = true
	}
	return config
}
