//! JavaScript and TypeScript.

use super::Library::{
    ExpressJwt, FastJwt, Jose, JsonWebToken, JwtDecode, JwtSimple, KoaJwt, Nest, NextAuth,
    PassportJwt,
};
use super::shape::At::{Arg, Elsewhere, In, Nowhere, Root, Step};
use super::shape::{BUILD, CHECK, Off, SIGN, Shape, SignAt, VERIFY, VerifyAt};
use crate::model::{Id, Kind, Model};

const SIGN_OPTIONS: SignAt =
    SignAt { algorithm: In(&Arg(2), &["algorithm"]), expiry: In(&Arg(2), &["expiresIn"]), ..SIGN };
/// The module's options, elsewhere, may say when tokens end.
const NEST_SIGN: SignAt = SignAt {
    key: In(&Arg(1), &["secret"]),
    algorithm: In(&Arg(1), &["algorithm"]),
    expiry: Elsewhere,
    ..SIGN
};
const JOSE_SIGN: SignAt =
    SignAt { payload: Root(0), key: Arg(0), expiry: Step(&["setExpirationTime"], 0), ..BUILD };
const VERIFY_OPTIONS: VerifyAt =
    VerifyAt { algorithms: In(&Arg(2), &["algorithms"]), options: Arg(2), ..VERIFY };
const NEST_VERIFY: VerifyAt = VerifyAt {
    key: In(&Arg(1), &["secret"]),
    algorithms: In(&Arg(1), &["algorithms"]),
    options: Arg(1),
    ..VERIFY
};
const MIDDLEWARE: VerifyAt = VerifyAt {
    token: Nowhere,
    key: In(&Arg(0), &["secret"]),
    algorithms: In(&Arg(0), &["algorithms"]),
    options: Arg(0),
    off: &[],
};
const FAST: VerifyAt = VerifyAt { key: In(&Arg(0), &["key"]), ..MIDDLEWARE };
const PASSPORT: VerifyAt = VerifyAt { key: In(&Arg(0), &["secretOrKey"]), ..MIDDLEWARE };
const SIMPLE: VerifyAt = VerifyAt { algorithms: Arg(3), off: &[Off::Truthy(Arg(2))], ..VERIFY };

/// `super({ jwtFromRequest, secretOrKey })`, as Nest's strategies call the one of passport-jwt.
pub(super) fn strategy_of(m: &Model, call: Id) -> Option<&'static str> {
    const STRATEGY: &str = "passport-jwt.Strategy";
    let Kind::Call { callee, args } = m.kind(call) else { return None };
    let is_super = matches!(m.kind(*callee), Kind::Name(name) if name == "super");
    let options = args.first().filter(|_| is_super)?.value;
    let is_its = m.option(options, "jwtFromRequest").found().is_some();
    (is_its && m.imports().any(|path| path == STRATEGY)).then_some(STRATEGY)
}

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(JsonWebToken, "jsonwebtoken.sign", SIGN_OPTIONS),
    Shape::signs(Nest, "@nestjs/jwt.JwtService().sign", NEST_SIGN),
    Shape::signs(Nest, "@nestjs/jwt.JwtService().signAsync", NEST_SIGN),
    Shape::signs(JwtSimple, "jwt-simple.encode", SIGN),
    Shape::signs(Jose, "jose.SignJWT()*.sign", JOSE_SIGN),
    Shape::verifies(JsonWebToken, "jsonwebtoken.verify", VERIFY_OPTIONS),
    Shape::verifies(Jose, "jose.jwtVerify", VERIFY_OPTIONS),
    Shape::verifies(Jose, "jose.compactVerify", VERIFY_OPTIONS),
    Shape::verifies(Nest, "@nestjs/jwt.JwtService().verify", NEST_VERIFY),
    Shape::verifies(Nest, "@nestjs/jwt.JwtService().verifyAsync", NEST_VERIFY),
    Shape::verifies(ExpressJwt, "express-jwt", MIDDLEWARE),
    Shape::verifies(ExpressJwt, "express-jwt.expressjwt", MIDDLEWARE),
    Shape::verifies(KoaJwt, "koa-jwt", MIDDLEWARE),
    Shape::verifies(PassportJwt, "passport-jwt.Strategy", PASSPORT),
    Shape::verifies(JwtSimple, "jwt-simple.decode", SIMPLE),
    Shape::decodes(JsonWebToken, "jsonwebtoken.decode"),
    Shape::decodes(Nest, "@nestjs/jwt.JwtService().decode"),
    Shape::decodes(Jose, "jose.decodeJwt"),
    Shape::decodes(Jose, "jws.decode"),
    Shape::verifies(FastJwt, "fast-jwt.createVerifier()", CHECK),
    Shape::verifies(FastJwt, "fast-jwt.createVerifier", FAST),
    Shape::keys(FastJwt, "fast-jwt.createSigner", &[In(&Arg(0), &["key"])]),
    Shape::keys(NextAuth, "next-auth", &[In(&Arg(0), &["secret"])]),
    Shape::decodes(FastJwt, "fast-jwt.createDecoder()"),
    Shape::shows(JwtDecode, "jwt-decode"),
    Shape::shows(JwtDecode, "jwt-decode.jwtDecode"),
    Shape::shows(JwtDecode, "jwt-decode.jwt_decode"),
    Shape::keys(Nest, "@nestjs/jwt.JwtModule.register", &[In(&Arg(0), &["secret"])]),
];
