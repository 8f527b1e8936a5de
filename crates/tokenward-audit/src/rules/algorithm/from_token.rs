//! The header of the token at hand, asked how to check it.

use super::not_pinned::speaks_of_key_set;
use crate::finding::{Confidence, Severity};
use crate::model::{Id, Kind, Model};
use crate::rules::Context;
use crate::rules::library::{Library, Verify};

/// `algorithm-from-token`: the header says how to check the signature.
pub(in crate::rules) fn from_token(context: &mut Context<'_>) {
    let m = context.model;
    for verify in context.library.verifies() {
        let call = verify.call;
        let Some(list) = verify.algorithms.found() else { continue };
        let asked: Vec<Id> = m.items(list);
        let from_header = asked.into_iter().any(|item| {
            m.values(item).into_iter().any(|value| is_header_alg(m, value))
                && !is_key_first(m, item)
                && !is_checked(context, item, call)
        });
        if from_header && !verify.is_off && !is_built_by_type(context, verify) {
            // With a secret, and wherever Rust's jsonwebtoken refuses another family than the key's, what is left to
            // choose is one of the same family.
            let is_bound = verify.library == Library::JsonWebTokenRs
                || is_secret(context, verify)
                || is_typed(context, verify);
            let confidence = if is_bound { Confidence::Low } else { Confidence::High };
            context.report(
                call,
                (Severity::High, confidence),
                "the token's own header chooses the algorithm: an attacker picks the one that suits",
                "write the algorithm down, e.g. RS256, or take it from the key that `kid` names",
            );
        }
    }
}

/// `key.alg ?? header.alg`: the token is asked only where the key, which is one of ours, says nothing.
fn is_key_first(m: &Model, item: Id) -> bool {
    let Kind::Choice(options) = m.kind(m.value(item)) else { return false };
    options.first().is_some_and(|first| {
        let is_alg = match m.kind(*first) {
            Kind::Member(_, name) => name == "alg",
            Kind::Index(_, key) => m.text(*key) == Some("alg"),
            Kind::Call { .. } => {
                m.callee_name(*first) == Some("get")
                    && m.positional(*first, 0).found().and_then(|key| m.text(key)) == Some("alg")
            }
            _ => false,
        };
        is_alg && !is_header_alg(m, *first)
    })
}

/// Rust's jsonwebtoken refuses algorithms of another family than the key's, which `kty` has decided here.
fn is_built_by_type(context: &Context<'_>, verify: &Verify) -> bool {
    let m = context.model;
    let function = m.function_of(verify.call);
    verify.library == Library::JsonWebTokenRs
        && m.ids().any(|id| {
            m.function_of(id) == function
                && (m.last_name(id) == Some("kty") || m.text(id) == Some("kty"))
        })
}

/// What makes such an object of a certificate, or of a key of a set.
const FAMILIES: [&str; 4] =
    [").public_key()", "RSAAlgorithm.from_jwk(", "ECAlgorithm.from_jwk(", "OKPAlgorithm.from_jwk("];

/// Whether the key is an object of one family, which Python's libraries refuse under another.
fn is_typed(context: &Context<'_>, verify: &Verify) -> bool {
    const MADE: [&str; 7] = [
        "from_jwk",
        "PyJWK",
        "load_pem_public_key",
        "load_der_public_key",
        "public_key()",
        "get_pubkey()",
        "to_cryptography_key()",
    ];
    let m = context.model;
    verify.key.found().is_some_and(|key| {
        m.values(key)
            .into_iter()
            .any(|value| MADE.iter().any(|word| context.source(value).contains(word)))
    })
    || verify.library == Library::PythonJose && speaks_of_key_set(context)
    // It may come through a list or a function of the file.
    || verify.library == Library::PyJwt
        && !verify.key.found().is_some_and(|key| m.is_parameter(key))
        && FAMILIES.iter().any(|made| context.text.contains(made))
}

/// Whether the key is visibly a secret, with which no public key can be confused.
fn is_secret(context: &Context<'_>, verify: &Verify) -> bool {
    let m = context.model;
    verify.key.found().is_some_and(|key| {
        let is_text = m.text(key).is_some_and(|text| !text.contains("-----BEGIN"));
        is_text || context.source(key).to_lowercase().contains("secret")
    })
}

const HEADERS: [&str; 7] = [
    "decode_header",
    "get_unverified_header",
    "decodeProtectedHeader",
    "decode",
    "decode_complete",
    "decodeJwtHeader",
    "get_unverified_headers",
];

/// `header["alg"]`, `header.alg`, `header.get("alg")`, `decode(t, { complete: true }).header.alg`
fn is_header_alg(m: &Model, id: Id) -> bool {
    let object = match m.kind(id) {
        Kind::Member(object, name) if name == "alg" => *object,
        Kind::Index(object, key) if m.text(*key) == Some("alg") => *object,
        Kind::Call { callee, .. } => match m.kind(*callee) {
            Kind::Member(object, get) if get == "get" => {
                let key = m.positional(id, 0).found().and_then(|key| m.text(key));
                if key != Some("alg") {
                    return false;
                }
                *object
            }
            _ => return false,
        },
        // `const { alg } = header`
        Kind::Name(name) => return m.part_is_header(name, id, "alg", &HEADERS),
        _ => return false,
    };
    is_header(m, object, 4)
}

fn is_header(m: &Model, id: Id, fuel: u8) -> bool {
    let Some(fuel) = fuel.checked_sub(1) else { return false };
    match m.kind(m.value(id)) {
        Kind::Call { .. } => {
            m.called(m.value(id)).is_some_and(|name| HEADERS.contains(&name.as_str()))
        }
        Kind::Member(object, name) if name == "header" => is_header(m, *object, fuel),
        Kind::Index(object, key) if m.text(*key) == Some("header") => is_header(m, *object, fuel),
        Kind::Name(name) => m.part_is_header(name, id, "header", &HEADERS),
        _ => false,
    }
}

/// Whether the algorithm is held against a list, or a name, before it is used.
fn is_checked(context: &Context<'_>, item: Id, call: Id) -> bool {
    let m = context.model;
    let text = context.source(item).to_owned();
    let value = context.source(m.value(item)).to_owned();
    let same = |id: Id| {
        let source = context.source(id);
        source == text || source == value
    };
    m.ids().take_while(|id| *id < call).any(|id| match m.kind(id) {
        Kind::Binary(operator, left, right) => {
            let compares =
                matches!(operator.as_str(), "in" | "not in" | "==" | "!=" | "===" | "!==");
            compares && (same(*left) || same(*right))
        }
        Kind::Call { args, .. } => {
            let holds =
                ["includes", "has", "indexOf", "contains", "Contains", "in_array", "include?"];
            m.callee_name(id).is_some_and(|name| holds.contains(&name))
                && args.iter().any(|arg| same(arg.value))
        }
        _ => false,
    })
}
