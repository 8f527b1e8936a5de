//! Python.

use super::Library::{Authlib, Joserfc, PyJwt, PythonJose, SimpleJwt};
use super::shape::At::{Arg, Elsewhere, In, Keyword, Named, Nowhere};
use super::shape::{CHECK, Off, SIGN, Shape, SignAt, VERIFY, VerifyAt};

const KEY: super::At = Named(&["key"], 1);
const OPTIONS: super::At = Named(&["options"], 3);

const PYJWT: VerifyAt = VerifyAt {
    token: Named(&["jwt", "token", "s", "value"], 0),
    key: KEY,
    algorithms: Named(&["algorithms"], 2),
    options: OPTIONS,
    // `decode(token, key, False)`: in PyJWT 1, `verify` stood third.
    off: &[
        Off::Is(In(&OPTIONS, &["verify_signature"]), false),
        Off::Is(Keyword("verify"), false),
        Off::Is(Arg(2), false),
    ],
};
const CLAIMS: SignAt = SignAt {
    payload: Named(&["claims"], 0),
    key: KEY,
    algorithm: Named(&["algorithm"], 2),
    ..SIGN
};
const PAYLOAD: SignAt = SignAt { payload: Named(&["payload"], 0), ..CLAIMS };
/// `encode(header, payload, key)`: the algorithm is in the header.
const HEADER: SignAt = SignAt {
    payload: Named(&["claims", "payload"], 1),
    key: Named(&["key"], 2),
    algorithm: In(&Named(&["header"], 0), &["alg"]),
    ..SIGN
};
const JOSERFC: VerifyAt = VerifyAt { off: &[], options: Nowhere, ..PYJWT };
const AUTHLIB: VerifyAt = VerifyAt { algorithms: Elsewhere, ..JOSERFC };
const JWS: VerifyAt = VerifyAt {
    key: KEY,
    algorithms: Named(&["algorithms"], 2),
    off: &[Off::Is(Named(&["verify"], 3), false)],
    ..VERIFY
};
const SIMPLE: VerifyAt = VerifyAt { off: &[Off::Is(Keyword("verify"), false)], ..CHECK };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(PyJwt, "jwt.encode", PAYLOAD),
    Shape::signs(PyJwt, "jwt.PyJWT().encode", PAYLOAD),
    Shape::signs(PyJwt, "jwt.api_jwt.encode", PAYLOAD),
    Shape::signs(PythonJose, "jose.jwt.encode", CLAIMS),
    Shape::signs(Authlib, "authlib.jose.jwt.encode", HEADER),
    Shape::signs(Authlib, "authlib.jose.JsonWebToken().encode", HEADER),
    Shape::signs(Joserfc, "joserfc.jwt.encode", HEADER),
    Shape::verifies(PyJwt, "jwt.decode", PYJWT),
    Shape::verifies(PyJwt, "jwt.decode_complete", PYJWT),
    Shape::verifies(PyJwt, "jwt.PyJWT().decode", PYJWT),
    Shape::verifies(PyJwt, "jwt.PyJWT().decode_complete", PYJWT),
    Shape::verifies(PyJwt, "jwt.api_jwt.decode", PYJWT),
    Shape::verifies(PythonJose, "jose.jwt.decode", PYJWT),
    Shape::verifies(PythonJose, "jose.jws.verify", JWS),
    Shape::verifies(Authlib, "authlib.jose.jwt.decode", AUTHLIB),
    Shape::verifies(Authlib, "authlib.jose.JsonWebToken().decode", AUTHLIB),
    Shape::verifies(Joserfc, "joserfc.jwt.decode", JOSERFC),
    Shape::verifies(SimpleJwt, "rest_framework_simplejwt.*Token", SIMPLE),
    Shape::verifies(SimpleJwt, "rest_framework_simplejwt.*TokenBackend().decode", SIMPLE),
    Shape::keys(PyJwt, "fastapi_users.authentication.*JWTStrategy", &[Named(&["secret"], 0)]),
    Shape::decodes(PythonJose, "jose.jwt.get_unverified_claims"),
    Shape::decodes(PythonJose, "jose.jws.get_unverified_claims"),
    Shape::decodes(PyJwt, "python_jwt.process_jwt"),
];
