//! PHP: `setcookie`, and the cookies of Symfony and Laravel, which are safe unless told otherwise.

use super::chain::Made;
use super::{Cookie, Place, holds_token, said};
use crate::model::{Id, Kind, Lookup, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    let path = m.callee_path(call);
    match path.as_deref() {
        Some("~setcookie" | "~setrawcookie") => plain(m, call),
        Some(
            "Symfony.Component.HttpFoundation.Cookie"
            | "Symfony.Component.HttpFoundation.Cookie.create",
        ) => symfony(m, call),
        Some(
            "~cookie"
            | "Illuminate.Support.Facades.Cookie.make"
            | "Illuminate.Support.Facades.Cookie.queue",
        ) => positions(m, call, m.positional(call, 1)),
        // `response()->json(…)->cookie('jwt', $token, …)`
        _ if m.callee_name(call) == Some("cookie") => positions(m, call, m.positional(call, 1)),
        _ => None,
    }
}

fn plain(m: &Model, call: Id) -> Option<Cookie> {
    if !holds_token(m, m.argument(call, "name", 0), m.argument(call, "value", 1)) {
        return None;
    }
    let third = m.argument(call, "expires_or_options", 2);
    let options = third.found().map(|id| m.value(id));
    let is_time =
        options.is_none_or(|id| is_time(m, id)) || m.positional(call, 3).found().is_some();
    let (http_only, secure, ends) = match options {
        Some(options) if !is_time => {
            let flag = |names: [&str; 2]| match m.option(options, names[0]) {
                Lookup::Absent => m.option(options, names[1]),
                other => other,
            };
            (
                flag(["httponly", "httpOnly"]),
                flag(["secure", "Secure"]),
                m.option(options, "expires"),
            )
        }
        _ => (m.argument(call, "httponly", 6), m.argument(call, "secure", 5), third),
    };
    if ends.found().is_some_and(|at| is_past(m, at)) {
        return None;
    }
    Some(Cookie { call, http_only, secure, place: Place::Fixed })
}

/// Symfony: `withHttpOnly(false)`, or the seventh argument.
fn symfony(m: &Model, call: Id) -> Option<Cookie> {
    let made = Made::by(m, call);
    let value = match made.given(&["withValue"]) {
        Lookup::Absent => m.argument(call, "value", 1),
        given => given,
    };
    let cookie = positions(m, call, value)?;
    let or = |flag, step| match made.given(step) {
        Lookup::Absent => flag,
        given => given,
    };
    Some(Cookie {
        http_only: or(cookie.http_only, &["withHttpOnly"]),
        secure: or(cookie.secure, &["withSecure"]),
        ..cookie
    })
}

/// Name, value, end, path, domain, secure, HTTP only: the order of both frameworks.
fn positions(m: &Model, call: Id, value: Lookup) -> Option<Cookie> {
    if value.found().is_none() || !holds_token(m, m.argument(call, "name", 0), value) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: said(m.argument(call, "httpOnly", 6)),
        secure: said(m.argument(call, "secure", 5)),
        place: Place::Fixed,
    })
}

/// `time() + 3600`, `0`, `strtotime('+1 day')`, and not a variable that may be options.
fn is_time(m: &Model, value: Id) -> bool {
    match m.kind(value) {
        Kind::Number(_) | Kind::Binary(..) => true,
        Kind::Call { .. } => matches!(m.callee_name(value), Some("time" | "strtotime")),
        _ => false,
    }
}

/// `time() - 3600`, and `1`, are deletions.
fn is_past(m: &Model, at: Id) -> bool {
    match m.kind(m.value(at)) {
        Kind::Binary(operator, ..) => operator == "-",
        Kind::Number(at) => *at > 0.0 && *at < 1e9,
        _ => false,
    }
}
