//! Dart.

use super::Library::{DartJsonWebToken, JoseDart, JwtDecoder};
use super::shape::At::{Arg, Base, Keyword};
use super::shape::{BUILD, CHECK, SIGN, Shape, SignAt, VERIFY};

/// `JWT(claims).sign(key, expiresIn: …)`, also by way of a variable.
const TOKEN: SignAt = SignAt {
    payload: Base(0),
    key: Arg(0),
    algorithm: Keyword("algorithm"),
    expiry: Keyword("expiresIn"),
    ..SIGN
};
const CLAIM_SET: SignAt = SignAt { key: Arg(1), payload: super::At::Elsewhere, ..BUILD };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(DartJsonWebToken, "dart_jsonwebtoken.JWT().sign", TOKEN),
    Shape::signs(DartJsonWebToken, "dart_jsonwebtoken.JWT().trySign", TOKEN),
    Shape::verifies(DartJsonWebToken, "dart_jsonwebtoken.JWT.verify", VERIFY),
    Shape::verifies(DartJsonWebToken, "dart_jsonwebtoken.JWT.tryVerify", VERIFY),
    Shape::decodes(DartJsonWebToken, "dart_jsonwebtoken.JWT.decode"),
    Shape::decodes(DartJsonWebToken, "dart_jsonwebtoken.JWT.tryDecode"),
    Shape::keys(DartJsonWebToken, "dart_jsonwebtoken.SecretKey", &[Arg(0)]),
    Shape::shows(JwtDecoder, "jwt_decoder.JwtDecoder.decode"),
    Shape::shows(JwtDecoder, "jwt_decoder.JwtDecoder.tryDecode"),
    Shape::decodes(JoseDart, "jose.JsonWebToken.unverified"),
    Shape::verifies(JoseDart, "jose.JsonWebToken.decodeAndVerify", CHECK),
    Shape::signs(JoseDart, "jaguar_jwt.issueJwtHS256", CLAIM_SET),
    Shape::verifies(JoseDart, "jaguar_jwt.verifyJwtHS256Signature", VERIFY),
];
