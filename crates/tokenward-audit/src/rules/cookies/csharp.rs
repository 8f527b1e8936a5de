//! C#: `Response.Cookies.Append(name, value, options)`, whose options are off unless they are set.

use super::{Cookie, Place, holds_token, is_set_later};
use crate::model::{Id, Kind, Lookup, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let Kind::Member(object, name) = m.kind(*callee) else { return None };
    if name != "Append" || m.last_name(*object) != Some("Cookies") {
        return None;
    }
    if !holds_token(m, m.positional(call, 0), m.positional(call, 1)) || has_policy(m) {
        return None;
    }
    let options = m.argument(call, "options", 2);
    if options.found().is_some_and(|options| is_past(m, options)) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: flag(m, options, "HttpOnly"),
        secure: flag(m, options, "Secure"),
        place: Place::Fixed,
    })
}

fn flag(m: &Model, options: Lookup, name: &str) -> Lookup {
    let Lookup::Found(options) = options else { return options };
    let made = m.value(options);
    // `new CookieOptions()` is empty; what is set on it afterwards stands in the same function.
    let is_empty = m.callee_name(made) == Some("CookieOptions") && m.args(made).is_empty();
    match m.option(options, name) {
        Lookup::Unknown if is_empty && !is_set_later(m, made, name) => Lookup::Absent,
        other => other,
    }
}

/// `Expires = DateTimeOffset.UtcNow.AddDays(-1)`: a deletion. The grammar has no negative numbers.
fn is_past(m: &Model, options: Id) -> bool {
    let Lookup::Found(expires) = m.option(options, "Expires") else { return false };
    let expires = m.value(expires);
    let is_added = m.callee_name(expires).is_some_and(|name| name.starts_with("Add"));
    let is_epoch = matches!(m.last_name(expires), Some("UnixEpoch" | "MinValue"));
    let added = m.positional(expires, 0).found();
    is_epoch || is_added && added.is_some_and(|by| !m.number(by).is_some_and(|number| number > 0.0))
}

/// `UseCookiePolicy`: the flags of all cookies are decided there.
fn has_policy(m: &Model) -> bool {
    m.calls().any(|call| m.callee_name(call) == Some("UseCookiePolicy"))
}
