//! JavaScript and TypeScript: `res.cookie(…)`, `reply.setCookie(…)`.

use super::super::library;
use super::{Cookie, Place, holds_token, is_ended, plain};
use crate::model::{Id, Kind, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    if !matches!(name.as_str(), "cookie" | "setCookie") || !is_response(m, *object) {
        return None;
    }
    if !holds_token(m, m.positional(call, 0), m.positional(call, 1)) {
        return None;
    }
    let options = m.positional(call, 2);
    let flag = |name| library::option(m, options, name);
    if is_ended(m, flag("maxAge")) || flag("expires").found().is_some_and(|id| is_past(m, id)) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: flag("httpOnly"),
        secure: flag("secure"),
        place: Place::Options(options),
    })
}

/// `new Date(0)`
fn is_past(m: &Model, id: Id) -> bool {
    let value = m.value(id);
    m.callee_name(value) == Some("Date")
        && m.positional(value, 0).found().and_then(|at| m.number(at)).is_some_and(|at| at < 1e12)
}

/// `res`, `response`, `reply`, or a chain that begins there: `res.status(200).cookie(…)`.
fn is_response(m: &Model, object: Id) -> bool {
    let mut at = object;
    for _ in 0..16 {
        at = match m.kind(at) {
            Kind::Name(name) => {
                return matches!(plain(name).as_str(), "res" | "response" | "reply" | "resp");
            }
            Kind::Call { callee, .. } => *callee,
            Kind::Member(object, name) if name == "res" && m.is_self(*object) => return true,
            Kind::Member(object, name) if name == "res" || name == "response" => {
                return matches!(m.kind(*object), Kind::Name(_));
            }
            Kind::Member(object, _) => *object,
            _ => return false,
        };
    }
    false
}
