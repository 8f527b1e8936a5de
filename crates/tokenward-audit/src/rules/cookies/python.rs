//! Python: `response.set_cookie(…)`.

use super::{Cookie, Place, holds_token, is_ended};
use crate::model::{Id, Kind, Model};

pub(super) fn cookie(m: &Model, call: Id) -> Option<Cookie> {
    // A function of the project's own, `set_cookie(…)`, knows flags that are out of sight here.
    let is_method = matches!(m.kind(call), Kind::Call { callee, .. } if matches!(m.kind(*callee), Kind::Member(..)));
    if !is_method
        || m.callee_name(call) != Some("set_cookie")
        || !holds_token(m, m.argument(call, "key", 0), m.argument(call, "value", 1))
    {
        return None;
    }
    if is_ended(m, m.keyword(call, "max_age")) {
        return None;
    }
    Some(Cookie {
        call,
        http_only: m.keyword(call, "httponly"),
        secure: m.keyword(call, "secure"),
        place: Place::Keyword,
    })
}
