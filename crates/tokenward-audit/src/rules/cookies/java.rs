//! Java: cookies of servlets, and Spring's builder.

use super::chain::Made;
use super::{Cookie, Place, holds_token, is_ended};
use crate::model::{Id, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let path = m.callee_path(call)?;
    if !holds_token(m, m.positional(call, 0), m.positional(call, 1)) {
        return None;
    }
    if is_servlet(&path) {
        return servlet(m, call);
    }
    // `ResponseCookie.from("jwt", token).httpOnly(true).build()`
    let made = Made::by(m, call);
    let is_whole = path.ends_with("http.ResponseCookie.from") && made.has_step(&["build"]);
    if !is_whole || is_ended(m, made.given(&["maxAge"])) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: made.given(&["httpOnly"]),
        secure: made.given(&["secure"]),
        place: Place::Fixed,
    })
}

pub(super) fn is_servlet(path: &str) -> bool {
    matches!(path, "jakarta.servlet.http.Cookie" | "javax.servlet.http.Cookie")
}

/// `new Cookie("jwt", token)`, of Kotlin too: flags are methods, or fields by another name.
pub(super) fn servlet(m: &Model, call: Id) -> Option<Cookie> {
    let made = Made::by(m, call);
    if !made.goes_to(&["addCookie"]) || is_ended(m, made.given(&["setMaxAge", "maxAge"])) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: made.given(&["setHttpOnly", "isHttpOnly"]),
        secure: made.given(&["setSecure", "secure"]),
        place: Place::Fixed,
    })
}
