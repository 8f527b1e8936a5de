//! Python: `response.set_cookie(…)`, and the settings of Flask-JWT-Extended.

use super::super::settings;
use super::{Cookie, Place, holds_token, is_ended};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model, ScopeKind};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    // A function of the project's own, `set_cookie(…)`, knows flags that are out of sight here.
    let is_method = matches!(m.kind(call), Kind::Call { callee, .. } if matches!(m.kind(*callee), Kind::Member(..)));
    if !is_method
        || m.callee_name(call) != Some("set_cookie")
        || is_own_method(m, call)
        || !holds_token(m, m.argument(call, "key", 0), m.argument(call, "value", 1))
    {
        return None;
    }
    if is_ended(m, argument(m, call, "max_age", 2)) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: argument(m, call, "httponly", 7),
        secure: argument(m, call, "secure", 6),
        place: Place::Keyword,
    })
}

/// `self.set_cookie(…)` of a class that has such a method: what the method does is told of where it stands.
fn is_own_method(m: &Model, call: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(call) else { return false };
    let is_of_self = matches!(m.kind(*callee), Kind::Member(object, _)
        if matches!(m.kind(*object), Kind::Name(name) if name == "self"));
    let is_class = |id: &Id| {
        matches!(m.kind(*id), Kind::Function(scope)
            if m.scope(*scope).is_some_and(|scope| scope.kind == ScopeKind::Class))
    };
    let defines = |id: Id| {
        matches!(m.kind(id), Kind::Function(scope)
            if m.scope(*scope).is_some_and(|scope| scope.name == "set_cookie"))
    };
    is_of_self && m.ancestors(call).find(is_class).is_some_and(|class| m.below(class).any(defines))
}

/// An argument by keyword, or at its position, which is the same in Flask, Django and Starlette.
fn argument(m: &Model, call: Id, name: &str, position: usize) -> Lookup {
    match (m.keyword(call, name), m.positional(call, position)) {
        (Lookup::Absent, at @ Lookup::Found(_)) => at,
        // `**options`, which is known, stands at no position.
        (said, _) => said,
    }
}

/// `JWT_COOKIE_SECURE = False`, where tokens travel in cookies and no other set of settings has it on.
pub(super) fn insecure_setting(m: &Model) -> Option<Id> {
    if m.language != Language::Python {
        return None;
    }
    let of = |wanted| settings::all(m).filter(move |(name, _)| *name == wanted).map(|(_, id)| id);
    let has_cookies = of("JWT_TOKEN_LOCATION")
        .any(|list| m.items(list).into_iter().any(|place| m.text(place) == Some("cookies")));
    let mut found = of("JWT_COOKIE_SECURE").peekable();
    let first = found.peek().copied()?;
    (has_cookies && found.all(|one| m.bool(one) == Some(false))).then_some(first)
}
