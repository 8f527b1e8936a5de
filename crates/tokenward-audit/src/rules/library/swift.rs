//! Swift.

use super::Library::{JwtDecodeSwift, JwtKit};
use super::shape::At::{Elsewhere, Keyword, Nowhere};
use super::shape::{BUILD, CHECK, DecodeAt, Does, Shape, SignAt};

/// What the claims are is said where their type is declared.
const PAYLOAD: SignAt = SignAt { payload: Elsewhere, ..BUILD };
/// `decode(jwt: token)`, for the holder of a token.
const NAMED: DecodeAt = DecodeAt { token: Keyword("jwt"), into: Nowhere, for_clients: true };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(JwtKit, "JWTKit.JWTKeyCollection().sign", PAYLOAD),
    Shape::signs(JwtKit, "JWTKit.JWTSigners().sign", PAYLOAD),
    Shape::signs(JwtKit, "JWTKit.JWTSigner*.sign", PAYLOAD),
    Shape::verifies(JwtKit, "JWTKit.JWTKeyCollection().verify", CHECK),
    Shape::verifies(JwtKit, "JWTKit.JWTSigner*.verify", CHECK),
    Shape::verifies(JwtKit, "?.verify", CHECK),
    Shape::decodes(JwtKit, "JWTKit.*.unverified"),
    // On keys that we do not see being made, the name alone is telling enough in Swift.
    Shape::decodes(JwtKit, "?.unverified"),
    Shape::new(JwtDecodeSwift, "JWTDecode.decode", Does::Decode(NAMED)),
    Shape::keys(JwtKit, "JWTKit.HMACKey", &[Keyword("from"), Keyword("key")]),
    Shape::keys(JwtKit, "JWTKit.JWTSigner.hs*", &[Keyword("key")]),
    Shape::keys(JwtKit, "SwiftJWT.JWTSigner.hs*", &[Keyword("key")]),
    Shape::keys(JwtKit, "SwiftJWT.JWTVerifier.hs*", &[Keyword("key")]),
    // `signers.use(.hs256(key: …))`
    Shape::keys(JwtKit, "?.hs256", &[Keyword("key")]),
    Shape::keys(JwtKit, "?.hs384", &[Keyword("key")]),
    Shape::keys(JwtKit, "?.hs512", &[Keyword("key")]),
];
