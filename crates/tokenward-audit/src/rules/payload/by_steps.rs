//! Claims that are put together one by one, before or beside the call that signs.

use super::{plain, sensitive};
use crate::language::Language;
use crate::model::{Id, Kind, Model};

/// What a map of claims is called.
const CLAIMS: [&str; 5] =
    ["claims", "extraclaims", "additionalclaims", "customclaims", "jwtclaims"];
/// Steps of builders that take such a map, whatever it is called.
const TAKERS: [&str; 4] = ["setClaims", "claims", "addClaims", "withPayload"];

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
    if method != "put" {
        return None;
    }
    let (name, value) = pair(m, call)?;
    let map = m.last_name(*object)?;
    let is_claims = CLAIMS.contains(&plain(map).as_str())
        || sensitive(&name, false).is_some() && is_taken(m, call, map);
    is_claims.then_some((name, value))
}

/// Whether a map is handed to a builder in the same function: elsewhere, `payload` may be the body of a request.
fn is_taken(m: &Model, put: Id, map: &str) -> bool {
    let function = m.function_of(put);
    m.calls().any(|call| {
        m.callee_name(call).is_some_and(|name| TAKERS.contains(&name))
            && m.function_of(call) == function
            && m.args(call).first().is_some_and(|arg| m.last_name(arg.value) == Some(map))
    })
}

fn made(m: &Model, call: Id) -> Option<(String, Id)> {
    (m.callee_name(call) == Some("Claim")).then(|| pair(m, call)).flatten()
}

fn pair(m: &Model, call: Id) -> Option<(String, Id)> {
    let name = m.text(m.positional(call, 0).found()?)?.to_owned();
    Some((name, m.positional(call, 1).found()?))
}
