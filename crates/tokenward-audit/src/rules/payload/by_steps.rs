//! Claims that are put together one by one, before or beside the call that signs.

use super::plain;
use crate::language::Language;
use crate::model::{Id, Kind, Model};

/// What a map of claims is called.
const CLAIMS: [&str; 6] =
    ["claims", "payload", "extraclaims", "additionalclaims", "customclaims", "jwtclaims"];

/// `claims.put("email", …)`, `new Claim("email", …)`: in a file that signs tokens.
pub(super) fn claims(m: &Model) -> Vec<(String, Id)> {
    match m.language {
        Language::Java | Language::Kotlin => m.calls().filter_map(|call| put(m, call)).collect(),
        Language::CSharp => m.calls().filter_map(|call| made(m, call)).collect(),
        _ => Vec::new(),
    }
}

fn put(m: &Model, call: Id) -> Option<(String, Id)> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, method) = m.kind(*callee) else { return None };
    let is_claims = m.last_name(*object).is_some_and(|name| CLAIMS.contains(&plain(name).as_str()));
    (method == "put" && is_claims).then(|| pair(m, call)).flatten()
}

fn made(m: &Model, call: Id) -> Option<(String, Id)> {
    (m.callee_name(call) == Some("Claim")).then(|| pair(m, call)).flatten()
}

fn pair(m: &Model, call: Id) -> Option<(String, Id)> {
    let name = m.text(m.positional(call, 0).found()?)?.to_owned();
    Some((name, m.positional(call, 1).found()?))
}
