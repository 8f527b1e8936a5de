//! C#. Types come from namespaces that a file need not name, so that they are known by their own names.

use super::Library::{IdentityModel, JoseJwt, JwtNet, TokenDescriptor};
use super::shape::At::{Arg, In, Named, Step};
use super::shape::{BUILD, CHECK, Count, Off, SIGN, Shape, SignAt, VERIFY, VerifyAt};

const TOKEN: SignAt =
    SignAt { expiry: Named(&["expires"], 4), signer: Named(&["signingCredentials"], 5), ..BUILD };
const DESCRIPTOR: SignAt = SignAt { expiry: In(&Arg(0), &["Expires"]), ..BUILD };
const PARAMETERS: VerifyAt = VerifyAt { options: Arg(1), ..CHECK };
/// `.WithVerifySignature(false)`
const SWITCHED: VerifyAt =
    VerifyAt { off: &[Off::Is(Step(&["WithVerifySignature"], 0), false)], ..CHECK };

pub(super) const SHAPES: &[Shape] = &[
    Shape::decodes(IdentityModel, "JwtSecurityToken").count(Count::Exactly(1)),
    Shape::decodes(IdentityModel, "JsonWebToken").count(Count::Exactly(1)),
    Shape::signs(IdentityModel, "JwtSecurityToken", TOKEN).count(Count::AtLeast(4)),
    Shape::signs(TokenDescriptor, "JwtSecurityTokenHandler().CreateToken", DESCRIPTOR),
    Shape::signs(TokenDescriptor, "JsonWebTokenHandler().CreateToken", DESCRIPTOR),
    Shape::decodes(IdentityModel, "JwtSecurityTokenHandler().ReadJwtToken"),
    Shape::decodes(IdentityModel, "JwtSecurityTokenHandler().ReadToken"),
    Shape::decodes(IdentityModel, "JsonWebTokenHandler().ReadJsonWebToken"),
    Shape::decodes(IdentityModel, "JsonWebTokenHandler().ReadToken"),
    Shape::decodes(IdentityModel, "?.ReadJwtToken"),
    Shape::decodes(IdentityModel, "?.ReadJsonWebToken"),
    Shape::verifies(IdentityModel, "JwtSecurityTokenHandler().ValidateToken*", PARAMETERS),
    Shape::verifies(IdentityModel, "JsonWebTokenHandler().ValidateToken*", PARAMETERS),
    Shape::verifies(IdentityModel, "?.ValidateToken", PARAMETERS),
    Shape::verifies(IdentityModel, "?.ValidateTokenAsync", PARAMETERS),
    Shape::keys(IdentityModel, "SymmetricSecurityKey", &[Arg(0)]),
    Shape::decodes(JwtNet, "JwtBuilder*.DoNotVerifySignature()*.Decode*"),
    Shape::verifies(JwtNet, "JwtBuilder*.MustVerifySignature()*.Decode*", CHECK),
    Shape::verifies(JwtNet, "JwtBuilder*.WithVerifySignature()*.Decode*", SWITCHED),
    Shape::signs(JoseJwt, "JWT.Encode", SIGN),
    Shape::verifies(JoseJwt, "JWT.Decode*", VERIFY),
    Shape::decodes(JoseJwt, "JWT.Payload*"),
];
