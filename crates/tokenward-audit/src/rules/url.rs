//! `token-in-url`: addresses are logged, kept in histories, and sent on as referrers.

use super::names::{has, is_errand};
use super::{Change, Context, library, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::model::{Binding, Id, Kind, Model};

mod filled;

/// Where a request's query is, in the words of the frameworks.
const QUERIES: [&str; 19] = [
    "req.query",
    "request.query",
    "ctx.query",
    "handshake.query",
    "request.args",
    "request.get[",
    "request.get.get(",
    "query_params",
    "url.query().get(",
    "c.query(",
    // Java and Kotlin.
    "getqueryparams()",
    "getqueryparameter(",
    "queryparameters[",
    "queryparameters.get",
    // PHP.
    "$_get[",
    "request->query(",
    "request->query->",
    // Ruby.
    "query_parameters[",
    "request.get.fetch(",
];
/// Where a request's query is, or else its form.
const FORMS: [&str; 5] =
    ["request.getparameter(", "req.getparameter(", "params[:", "params['", "$_request["];
/// Links in mails, and a log-in that goes by another host.
const LINKS: [&str; 3] = ["oauth", "mail", "callback"];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        if let Some(verify) = context.library.verify(call)
            && let Some(token) = verify.token.found()
            && !is_for_errand(context, call, token)
        {
            if is_query(context, token) {
                tell(context, m.value(token), Vec::new());
            } else if is_all(context, token, |text| FORMS.iter().any(|form| text.contains(form))) {
                tell_as(context, m.value(token), Confidence::Low, Vec::new());
            }
        }
        if let Some(get) = getter(context, call)
            && !is_for_errand(context, call, get)
        {
            tell(context, get, Vec::new());
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

/// `expressjwt({ getToken: (req) => req.query.token })`, where it takes it from nowhere else.
fn getter(context: &Context<'_>, call: Id) -> Option<Id> {
    let m = context.model;
    let verify = context.library.verify(call)?;
    let get = library::option(m, verify.options, "getToken").found()?;
    let mut answers = library::returned(m, get);
    answers.retain(|answer| !m.is_null(*answer));
    (!answers.is_empty() && answers.iter().all(|answer| is_query(context, *answer))).then_some(get)
}

fn tell(context: &mut Context<'_>, at: Id, changes: Vec<Change>) {
    // A hash of the request in the token, as some platforms ask for, binds it to this one address.
    let is_bound = context.says("qsh");
    let confidence = if is_bound { Confidence::Low } else { Confidence::High };
    tell_as(context, at, confidence, changes);
}

fn tell_as(context: &mut Context<'_>, at: Id, confidence: Confidence, changes: Vec<Change>) {
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
    is_all(context, token, |text| QUERIES.iter().any(|query| text.contains(query)))
        || filled::is_by_query(context, token)
}

/// Whether all that the token may be is written so.
fn is_all(context: &Context<'_>, token: Id, is_so: impl Fn(&str) -> bool) -> bool {
    let m = context.model;
    // `?? ''`, `?: return`: without one, there is none.
    let is_none = |id: Id| match m.kind(id) {
        Kind::Text(text) => text.is_empty(),
        Kind::Null | Kind::Return(_) => true,
        _ => false,
    };
    let values: Vec<Id> = m.values(token).into_iter().filter(|id| !is_none(*id)).collect();
    !values.is_empty() && values.iter().all(|value| is_so(&written(context, *value).to_lowercase()))
}

/// Where a value is from: what stands there, or what it is taken out of: `const { token } = req.query`.
fn written(context: &Context<'_>, value: Id) -> String {
    let m = context.model;
    let at = bottom(m, value);
    let part = match m.kind(at) {
        Kind::Name(name) => match m.declared(name, m.node(at).scope) {
            Some((_, [Binding::Part(of, part)])) => Some(format!("{}.{part}", context.source(*of))),
            _ => None,
        },
        _ => None,
    };
    part.unwrap_or_else(|| context.source(at).to_owned())
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

fn is_for_errand(context: &Context<'_>, call: Id, token: Id) -> bool {
    let m = context.model;
    let name = m.function_name(call);
    let file = context.file.to_lowercase();
    let token = context.source(m.value(token)).to_lowercase();
    let path = filled::addresses(context, call).to_lowercase();
    let key = context.library.verify(call).and_then(|verify| verify.key.found());
    let key = key.map(|key| context.source(key).to_lowercase()).unwrap_or_default();
    let written = [&name, &file, &token, &path, &key];
    written.into_iter().any(|one| is_errand(one) || has(one, &LINKS))
}
