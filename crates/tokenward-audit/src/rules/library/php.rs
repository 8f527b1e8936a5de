//! PHP.

use super::Library::{FirebaseJwt, Lcobucci};
use super::shape::At::{Arg, Step};
use super::shape::{BUILD, CHECK, SIGN, Shape, SignAt, VERIFY, VerifyAt};

const FIREBASE: VerifyAt = VerifyAt { algorithms: Arg(2), ..VERIFY };
const BUILDER: SignAt = SignAt { expiry: Step(&["expiresAt"], 0), ..BUILD };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(FirebaseJwt, "Firebase.JWT.JWT.encode", SIGN),
    Shape::verifies(FirebaseJwt, "Firebase.JWT.JWT.decode", FIREBASE),
    Shape::keys(FirebaseJwt, "Firebase.JWT.Key", &[Arg(0)]),
    Shape::signs(Lcobucci, "Lcobucci.JWT.Configuration*.builder()*.getToken", BUILDER),
    Shape::decodes(Lcobucci, "Lcobucci.JWT.Configuration*.parser().parse"),
    Shape::decodes(Lcobucci, "Lcobucci.JWT.Token.Parser().parse"),
    Shape::verifies(Lcobucci, "Lcobucci.JWT.*.validator().*", CHECK),
    Shape::keys(Lcobucci, "Lcobucci.JWT.Signer.Key.InMemory.plainText", &[Arg(0)]),
    Shape::keys(Lcobucci, "Lcobucci.JWT.Signer.Key.InMemory.base64Encoded", &[Arg(0)]),
];
