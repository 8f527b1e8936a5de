//! What ends a token besides its `exp`: a store, a reader in another function, the other party's own count.

use crate::model::{Id, Kind, Model};
use crate::rules::Context;
use crate::rules::library::Sign;

/// What push services take from those who send: `iss` and `iat` alone, with ES256 and a `kid`; they count from `iat`
/// themselves.
pub(super) fn is_for_push(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let is_es256 = sign.algorithm.found().and_then(|algorithm| m.text(algorithm)) == Some("ES256");
    let is_bare = sign.payload.found().is_some_and(|payload| {
        let entries = m.entries(m.value(payload));
        !entries.more
            && entries.named.len() == 2
            && entries.named.iter().all(|(name, _)| matches!(name.as_str(), "iss" | "iat"))
    });
    is_es256 && is_bare && context.source(sign.call).contains("kid")
}

/// A token with an id, in a file that speaks of the time that a store keeps it.
pub(super) fn is_stored(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let has_id = sign.payload.found().is_some_and(|payload| {
        m.entries(m.value(payload))
            .named
            .iter()
            .any(|(name, _)| matches!(name.as_str(), "jti" | "sid" | "session_id"))
    });
    has_id && speaks_of_ttl(context)
}

pub(super) fn speaks_of_ttl(context: &Context<'_>) -> bool {
    context
        .text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case("ttl"))
}

/// Whether another function of the file takes `exp` out of claims.
pub(super) fn reads_expiry(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    m.ids().filter(|id| m.function_of(*id) != function).any(|id| match m.kind(id) {
        Kind::Index(_, key) => matches!(m.kind(*key), Kind::Text(name) if name == "exp"),
        Kind::Member(_, name) => name == "exp",
        Kind::Call { .. } => {
            m.callee_name(id) == Some("get")
                && m.positional(id, 0).found().and_then(|key| m.text(key)) == Some("exp")
        }
        _ => false,
    })
}

/// `Date.now() - claims.iat`: what ends the token is an own check of its age.
pub(super) fn compares_issue(m: &Model) -> bool {
    m.ids().any(|id| match m.kind(id) {
        Kind::Binary(operator, left, right) if operator == "-" => {
            [*left, *right].into_iter().any(|side| m.last_name(side) == Some("iat"))
        }
        _ => false,
    })
}
