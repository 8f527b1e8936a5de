//! Rust.

use super::Library::{Josekit, JsonWebTokenRs, JwtCompact, JwtSimpleRs};
use super::shape::At::{Arg, ArgOf, Base, Elsewhere, Nowhere};
use super::shape::{Off, SIGN, Shape, SignAt, VERIFY, VerifyAt};

const VALIDATION: VerifyAt = VerifyAt {
    algorithms: ArgOf(&Arg(2), 0),
    options: Arg(2),
    off: &[Off::Called(Arg(2), "insecure_disable_signature_validation")],
    ..VERIFY
};
/// What the fields are called in the token is said where the type is declared.
const ENCODE: SignAt = SignAt {
    payload: Arg(1),
    key: Arg(2),
    algorithm: ArgOf(&Arg(0), 0),
    expiry: Elsewhere,
    ..SIGN
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(JsonWebTokenRs, "jsonwebtoken.encode", ENCODE),
    Shape::verifies(JsonWebTokenRs, "jsonwebtoken.decode", VALIDATION),
    Shape::decodes(JsonWebTokenRs, "jsonwebtoken.*insecure_decode*"),
    Shape::decodes(JsonWebTokenRs, "jsonwebtoken.dangerous_unsafe_decode"),
    Shape::keys(JsonWebTokenRs, "jsonwebtoken.EncodingKey.from_*secret", &[Arg(0)]),
    Shape::keys(JsonWebTokenRs, "jsonwebtoken.DecodingKey.from_*secret", &[Arg(0)]),
    Shape::verifies(Josekit, "josekit.jwt.decode_with_verifier*", VERIFY),
    Shape::keys(Josekit, "josekit.jws.*er_from_bytes", &[Arg(0)]),
    Shape::decodes(JwtCompact, "jwt.Token.parse_unverified"),
    Shape::decodes_of(JwtCompact, "?.deserialize_claims_unchecked", Base(0), Nowhere),
    Shape::decodes_of(JwtCompact, "jwt_compact.*.deserialize_claims_unchecked", Base(0), Nowhere),
    Shape::keys(JwtSimpleRs, "*HS256Key.from_bytes", &[Arg(0)]),
    Shape::keys(JwtSimpleRs, "*HS512Key.from_bytes", &[Arg(0)]),
];
