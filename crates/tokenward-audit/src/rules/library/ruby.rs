//! Ruby.

use super::Library::RubyJwt;
use super::shape::At::{Arg, In};
use super::shape::{Off, SIGN, Shape, VERIFY, VerifyAt};

const DECODE: VerifyAt = VerifyAt {
    algorithms: In(&Arg(3), &["algorithm", "algorithms"]),
    options: Arg(3),
    off: &[Off::Is(Arg(2), false)],
    ..VERIFY
};

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(RubyJwt, "JWT.encode", SIGN),
    Shape::verifies(RubyJwt, "JWT.decode", DECODE),
    Shape::decodes(RubyJwt, "JWT.EncodedToken().unverified_payload"),
];
