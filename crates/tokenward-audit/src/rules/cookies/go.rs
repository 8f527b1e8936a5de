//! Go.

use super::{Cookie, Place, holds_token, is_ended, is_set_later};
use crate::model::{Id, Lookup, Model};

/// `http.Cookie{Name: "token", …}`, fiber's, and gin's `c.SetCookie(name, value, age, path, domain, secure, httpOnly)`.
pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let path = m.callee_path(call).filter(|_| m.is_literal(call));
    let http_only = match path.as_deref() {
        Some("net/http.Cookie") => Some("HttpOnly"),
        Some("github.com/gofiber/fiber.Cookie") => Some("HTTPOnly"),
        _ => None,
    };
    if let Some(http_only) = http_only {
        // What goes out with a request of the program's own is kept by no browser.
        if is_sent(m, call) {
            return None;
        }
        let value = m.entry(call, "Value");
        if !holds_token(m, m.entry(call, "Name"), value) || is_ended(m, m.entry(call, "MaxAge")) {
            return None;
        }
        // Deletion, and flags that are set on the variable later.
        if value.found().is_none_or(|id| m.text(id).is_some_and(str::is_empty)) {
            return None;
        }
        let later = |name| match m.entry(call, name) {
            Lookup::Absent if is_set_later(m, call, name) => Lookup::Unknown,
            other => other,
        };
        return Some(Cookie {
            call,
            http_only: later(http_only),
            secure: later("Secure"),
            place: m.args(call).first().map_or(Place::Fixed, |body| Place::Body(body.value)),
        });
    }
    if m.callee_name(call) == Some("SetCookie")
        && m.positional(call, 6).found().is_some()
        && holds_token(m, m.positional(call, 0), m.positional(call, 1))
        && !is_ended(m, m.positional(call, 2))
    {
        return Some(Cookie {
            call,
            http_only: m.positional(call, 6),
            secure: m.positional(call, 5),
            place: Place::Fixed,
        });
    }
    None
}

/// `request.AddCookie(&http.Cookie{…})`, also by a variable.
fn is_sent(m: &Model, cookie: Id) -> bool {
    m.calls().any(|call| {
        m.callee_name(call) == Some("AddCookie")
            && m.positional(call, 0).found().is_some_and(|arg| m.value(arg) == cookie)
    })
}
