//! `token-in-url`: addresses are logged, kept in histories, and sent on as referrers.

use super::{Change, Context, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::model::{Id, Kind, Model};

/// Where a request's query is, in the words of the frameworks.
const QUERIES: [&str; 9] = [
    "req.query",
    "request.query",
    "ctx.query",
    "request.args",
    "request.get[",
    "request.get.get(",
    "query_params",
    "url.query().get(",
    "c.query(",
];
/// Links in mails carry a token once, for one errand; a login that goes by another host carries its state.
const ERRANDS: [&str; 12] = [
    "state",
    "oauth",
    "reset",
    "verif",
    "confirm",
    "activat",
    "invit",
    "unsubscribe",
    "magic",
    "email",
    "download",
    "callback",
];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        if let Some(verify) = context.library.verify(call)
            && let Some(token) = verify.token.found()
            && is_query(context, token)
            && !is_errand(context, call, token)
        {
            tell(context, m.value(token), Vec::new());
        }
        let path = m.callee_path(call);
        if path.as_deref() == Some("passport-jwt.ExtractJwt.fromUrlQueryParameter") {
            tell(context, call, Vec::new());
        }
    }
    for (name, value) in settings::all(m) {
        let places = if name == "JWT_TOKEN_LOCATION" { m.items(value) } else { Vec::new() };
        let is_query = |place| m.text(place) == Some("query_string");
        if places.into_iter().any(is_query) {
            let changes = mend::without(context, value, is_query);
            tell(context, value, changes);
        }
    }
}

fn tell(context: &mut Context<'_>, at: Id, changes: Vec<Change>) {
    // A hash of the request in the token, as some platforms ask for, binds it to this one address.
    let is_bound = context.text.contains("qsh");
    let confidence = if is_bound { Confidence::Low } else { Confidence::High };
    context.report_mended(
        at,
        (Severity::Medium, confidence),
        "the token is taken from the address, which ends up in logs, histories and referrers",
        "take it from the `Authorization` header, or from a cookie with HttpOnly and Secure",
        changes,
    );
}

/// Whether the token comes from a query, and from nowhere else.
fn is_query(context: &Context<'_>, token: Id) -> bool {
    let m = context.model;
    let values = m.values(token);
    !values.is_empty()
        && values.iter().all(|value| {
            let text = context.source(bottom(m, *value)).to_lowercase();
            QUERIES.iter().any(|query| text.contains(query))
        })
}

/// Through what makes text of it: `String(req.query.token)`.
fn bottom(m: &Model, value: Id) -> Id {
    match m.kind(value) {
        Kind::Call { callee, args } => match (m.kind(*callee), args.as_slice()) {
            (Kind::Name(_), [one]) => m.value(one.value),
            _ => value,
        },
        _ => value,
    }
}

fn is_errand(context: &Context<'_>, call: Id, token: Id) -> bool {
    let m = context.model;
    let name = m.function_name(call);
    let file = context.file.to_lowercase();
    let token = context.source(m.value(token)).to_lowercase();
    ERRANDS.iter().any(|word| name.contains(word) || file.contains(word) || token.contains(word))
}
