//! Kotlin: Ktor's answers, and what Java has.

use super::java::{is_servlet, servlet};
use super::{Cookie, Place, holds_token, is_ended};
use crate::model::{Id, Kind, Lookup, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    if m.callee_path(call).is_some_and(|path| is_servlet(&path)) {
        return holds_token(m, m.positional(call, 0), m.positional(call, 1))
            .then(|| servlet(m, call))?;
    }
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    if name != "append" || m.last_name(*object) != Some("cookies") {
        return None;
    }
    // `append(Cookie(name = …))` has the flags where `append(name = …)` has them.
    let call = match m.positional(call, 0) {
        Lookup::Found(made) if m.callee_name(m.value(made)) == Some("Cookie") => m.value(made),
        _ => call,
    };
    if !holds_token(m, m.argument(call, "name", 0), m.argument(call, "value", 1))
        || is_ended(m, m.argument(call, "maxAge", 3))
    {
        return None;
    }
    Some(Cookie {
        call,
        http_only: m.argument(call, "httpOnly", 8),
        secure: m.argument(call, "secure", 7),
        place: Place::Fixed,
    })
}
