//! Go. The packages that golang-jwt came from are read as golang-jwt.

use super::Library::{Cristalhq, GoJose, GolangJwt, Jwx};
use super::shape::At::{Arg, Base, Elsewhere, Nowhere};
use super::shape::{Off, SIGN, Shape, SignAt, VERIFY, VerifyAt};

/// What signs is a method of the token, called later.
const NEW: SignAt = SignAt { payload: Arg(1), key: Elsewhere, algorithm: Arg(0), ..SIGN };
const PARSE: VerifyAt = VerifyAt { options: Elsewhere, ..VERIFY };
const PARSE_INTO: VerifyAt = VerifyAt { key: Arg(2), ..PARSE };
const JWX: VerifyAt =
    VerifyAt { key: Elsewhere, options: Elsewhere, off: &[Off::Said("WithVerify")], ..VERIFY };

/// `token.Claims(key, &claims)` of what `ParseSigned(raw, …)` made.
const GO_JOSE: VerifyAt = VerifyAt { token: Base(0), key: Arg(0), options: Elsewhere, ..VERIFY };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(GolangJwt, "github.com/golang-jwt/jwt.NewWithClaims", NEW),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.Parse", PARSE),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.NewParser().Parse", PARSE),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.Parser().Parse", PARSE),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.ParseWithClaims", PARSE_INTO),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.NewParser().ParseWithClaims", PARSE_INTO),
    Shape::verifies(GolangJwt, "github.com/golang-jwt/jwt.Parser().ParseWithClaims", PARSE_INTO),
    Shape::decodes_into(GolangJwt, "github.com/golang-jwt/jwt.*ParseUnverified", Arg(1)),
    // On a parser that we do not see being made, the name alone is telling enough in Go.
    Shape::decodes_into(GolangJwt, "?.ParseUnverified", Arg(1)),
    Shape::keys(GolangJwt, "github.com/golang-jwt/jwt*.SignedString", &[Arg(0)]),
    Shape::verifies(GoJose, "*go-jose*jwt.ParseSigned().Claims", GO_JOSE),
    Shape::decodes_of(
        GoJose,
        "*go-jose*jwt.ParseSigned().UnsafeClaimsWithoutVerification",
        Base(0),
        Arg(0),
    ),
    Shape::decodes_of(
        GoJose,
        "*go-jose*.Parse*().UnsafePayloadWithoutVerification",
        Base(0),
        Nowhere,
    ),
    Shape::verifies(Cristalhq, "github.com/cristalhq/jwt.Parse", VERIFY),
    Shape::verifies(Cristalhq, "github.com/cristalhq/jwt.ParseClaims", VERIFY),
    Shape::decodes(Cristalhq, "github.com/cristalhq/jwt.ParseNoVerify"),
    Shape::keys(Cristalhq, "github.com/cristalhq/jwt.NewSignerHS", &[Arg(1)]),
    Shape::keys(Cristalhq, "github.com/cristalhq/jwt.NewVerifierHS", &[Arg(1)]),
    Shape::decodes(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseInsecure"),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.Parse", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseString", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseReader", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseRequest", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseHeader", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseForm", JWX),
    Shape::verifies(Jwx, "github.com/lestrrat-go/jwx/jwt.ParseCookie", JWX),
];
