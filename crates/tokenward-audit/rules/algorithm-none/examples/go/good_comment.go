package auth

import "github.com/golang-jwt/jwt/v5"

// Never return jwt.UnsafeAllowNoneSignatureType.
func method() jwt.SigningMethod { return jwt.SigningMethodRS256 }
