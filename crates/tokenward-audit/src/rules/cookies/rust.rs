//! Rust: the cookies of the crate `cookie`, which axum, actix, tower and Rocket hand on.

use super::chain::Made;
use super::{Cookie, Place, holds_token, said};
use crate::model::{Id, Kind, Lookup, Model};

/// Those whose cookies have no flag unless it is set. Poem's have them.
const BARE: [&str; 5] = ["cookie.", "axum_extra.", "actix_web.", "tower_cookies.", "rocket."];
/// What sends a cookie as it is.
const SINKS: [&str; 5] = ["add", "add_cookie", "cookie", "insert", "set_cookie"];

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let path = m.callee_path(call)?;
    let is_built = path.ends_with(".Cookie.build");
    let is_new = path.ends_with(".Cookie.new");
    if !(is_built || is_new) || !BARE.iter().any(|root| path.starts_with(root)) {
        return None;
    }
    let (name, value) = parts(m, call)?;
    let made = Made::by(m, call);
    let is_whole = is_built && made.has_step(&["build", "finish"]) || made.goes_to(&SINKS);
    if !is_whole || !holds_token(m, Lookup::Found(name), Lookup::Found(value)) {
        return None;
    }
    let is_removed =
        made.has_step(&["removal"]) || is_zero(m, made.given(&["max_age", "set_max_age"]));
    if is_removed {
        return None;
    }
    let secure = made.given(&["secure", "set_secure"]);
    let is_rocket = path.starts_with("rocket.");
    Some(Cookie {
        call,
        // Rocket's private cookies have it.
        http_only: match made.given(&["http_only", "set_http_only"]) {
            flag if is_rocket && !made.goes_to(&["add"]) => said(flag),
            flag => flag,
        },
        secure: match made.given(&["partitioned", "set_partitioned"]) {
            // A partitioned cookie is a secure one; Rocket sets it where it has TLS.
            Lookup::Absent if !is_rocket => secure,
            _ => said(secure),
        },
        place: Place::Fixed,
    })
}

/// `("jwt", token)`, as two arguments or as a pair.
fn parts(m: &Model, call: Id) -> Option<(Id, Id)> {
    let first = m.positional(call, 0).found()?;
    match (m.kind(first), m.positional(call, 1)) {
        (_, Lookup::Found(value)) => Some((first, value)),
        (Kind::List(pair), _) => match pair.as_slice() {
            [name, value] => Some((*name, *value)),
            _ => None,
        },
        _ => None,
    }
}

/// `Duration::ZERO`, `Duration::seconds(0)`
fn is_zero(m: &Model, age: Lookup) -> bool {
    let Some(age) = age.found().map(|id| m.value(id)) else { return false };
    m.last_name(age) == Some("ZERO")
        || m.positional(age, 0).found().and_then(|of| m.number(of)) == Some(0.0)
}
