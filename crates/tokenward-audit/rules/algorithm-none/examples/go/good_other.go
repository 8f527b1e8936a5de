package auth

import (
	jwt "example.com/own/jwt"
)

func issue() any { return jwt.UnsafeAllowNoneSignatureType }
