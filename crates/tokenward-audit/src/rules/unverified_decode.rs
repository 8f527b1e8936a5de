//! `unverified-decode`: claims are read from a token that nobody verified.
//!
//! The call alone says little: most of the time the token is verified elsewhere, only its issuer is looked at,
//! or a client reads its own token. [`ladder`] decides.

use super::Context;
use super::library::{self, Library, golang_jwt};
use crate::model::{Id, Model};

mod ladder;
mod origin;
mod reads;
mod verified;

/// A call that reads a token without checking it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decode {
    pub(super) call: Id,
    /// The token, where it is an argument.
    pub(super) token: Option<Id>,
    /// An argument that the claims are written to.
    pub(super) into: Option<Id>,
    /// What does it: `jwtDecode`, or the option that switches the check off.
    how: How,
    /// Made for programs that hold their own token.
    pub(super) for_clients: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum How {
    /// A function that never verifies.
    Function,
    /// An option of one that otherwise does.
    Option,
    /// An option that has done nothing since `PyJWT` 2.
    DeadOption,
}

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    for call in model.calls() {
        if let Some(decode) = decode(model, call) {
            report(context, &decode);
        }
    }
}

fn report(context: &mut Context<'_>, decode: &Decode) {
    let Some(verdict) = ladder::judge(context, decode) else { return };
    let name = context.model.callee_name(decode.call).unwrap_or("this call").to_owned();
    let how = match decode.how {
        How::Function => format!("`{name}` does not verify the token"),
        How::Option => format!("`{name}` is told not to verify the signature"),
        How::DeadOption => {
            format!("`verify=False` makes `{name}` skip the check in PyJWT 1, and fail in PyJWT 2")
        }
    };
    let fix = fix(context.model, decode.call);
    context.report(
        decode.call,
        (verdict.severity, verdict.confidence),
        format!("{how}, {}", verdict.because),
        fix,
    );
}

/// Reads a call as one that does not verify.
pub(super) fn decode(m: &Model, call: Id) -> Option<Decode> {
    if let Some(verify) = library::verify(m, call)
        && library::signature_check_is_off(m, call, &verify)
    {
        let is_dead = verify.library == Library::PyJwt
            && m.keyword(call, "verify").found().is_some()
            && library::option(m, verify.options, "verify_signature").found().is_none();
        let how = if is_dead { How::DeadOption } else { How::Option };
        let token = verify.token.found();
        return Some(Decode { call, token, into: None, how, for_clients: false });
    }
    let path = m.callee_path(call);
    let name = m.callee_name(call)?;
    let (into, for_clients) = match path.as_deref() {
        Some(
            "jsonwebtoken.decode"
            | "@nestjs/jwt.JwtService().decode"
            | "jose.decodeJwt"
            | "jws.decode"
            | "fast-jwt.createDecoder()"
            | "jose.jwt.get_unverified_claims"
            | "jose.jws.get_unverified_claims"
            | "python_jwt.process_jwt"
            | "github.com/lestrrat-go/jwx/jwt.ParseInsecure",
        ) => (None, false),
        Some("jwt-decode" | "jwt-decode.jwtDecode" | "jwt-decode.jwt_decode") => (None, true),
        Some("jose.jws.verify") if m.said(m.argument(call, "verify", 3)) == Some(false) => {
            (None, false)
        }
        Some(path) if path.starts_with("rest_framework_simplejwt.") => {
            let makes = path.ends_with("Token") || path.ends_with("TokenBackend().decode");
            if !(makes && m.said(m.keyword(call, "verify")) == Some(false)) {
                return None;
            }
            (None, false)
        }
        Some(path) if path.starts_with("github.com/lestrrat-go/jwx/jwt.Parse") => {
            let is_off = m.args(call).iter().any(|arg| {
                let option = m.value(arg.value);
                m.callee_name(option) == Some("WithVerify")
                    && m.said(m.positional(option, 0)) == Some(false)
            });
            if !is_off {
                return None;
            }
            (None, false)
        }
        other if name == "ParseUnverified" => {
            // On a parser that we do not see being made, the name alone is telling enough in Go.
            let known =
                other.is_none_or(|path| golang_jwt(path).is_some() || path.starts_with('~'));
            if !known {
                return None;
            }
            (m.positional(call, 1).found(), false)
        }
        _ => return None,
    };
    let token = m.positional(call, 0).found();
    Some(Decode { call, token, into, how: How::Function, for_clients })
}

/// What to write instead, in the library at hand.
fn fix(m: &Model, call: Id) -> String {
    let path = m.callee_path(call).unwrap_or_default();
    let text = if path.starts_with("jsonwebtoken") {
        "jwt.verify(token, publicKey, { algorithms: ['RS256'], issuer, audience })"
    } else if path.starts_with("@nestjs/jwt") {
        "await this.jwtService.verifyAsync(token, { algorithms: ['RS256'], issuer, audience })"
    } else if m.language.is_script() {
        "await jwtVerify(token, keys, { algorithms: ['RS256'], issuer, audience }) of `jose`"
    } else if path.starts_with("jose.") {
        "jwt.decode(token, key, algorithms=[\"RS256\"], issuer=…, audience=…)"
    } else if m.language == crate::Language::Python {
        "jwt.decode(token, key, algorithms=[\"RS256\"], issuer=…, audience=…, \
         options={\"require\": [\"exp\", \"iss\", \"aud\"]})"
    } else if path.starts_with("github.com/lestrrat-go") {
        "jwt.Parse(token, jwt.WithKeySet(keys), jwt.WithIssuer(…), jwt.WithAudience(…))"
    } else {
        "jwt.ParseWithClaims(token, claims, keyFunc, jwt.WithValidMethods([]string{\"RS256\"}), \
         jwt.WithExpirationRequired())"
    };
    format!("verify it: {text}")
}
