//! Where a token comes from.

use super::Decode;
use crate::model::{Binding, Id, Kind, Model};
use crate::rules::Context;

/// Where a token comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    /// A header, cookie, query or body.
    Request,
    /// The answer to a login or refresh that this program asked for, or what it has kept.
    LoginAnswer,
    /// A parameter of a function whose name says that it decides who somebody is.
    AuthParameter,
    Unknown,
}

const REQUEST: [&str; 34] = [
    "request->",
    "$_get",
    "$_post",
    "$_cookie",
    "$_server",
    "$_request",
    "getallheaders",
    "httpcontext",
    "bearertoken",
    "params[",
    "cookies.",
    "getheader(",
    "req.",
    "request.",
    "ctx.request",
    "ctx.headers",
    "ctx.cookies",
    "ctx.get(",
    "c.req.",
    "headers[",
    "headers.get",
    "header.get",
    ".headers.",
    "authorization",
    "cookies.get(",
    "cookies[",
    "r.header",
    "c.getheader",
    "c.cookie(",
    "c.request",
    "r.cookie(",
    "r.formvalue",
    "query_params",
    "handshake.",
];
const LOGIN: [&str; 27] = [
    "id_token",
    "idtoken",
    "response",
    "resp.",
    "resp[",
    "res.data",
    "res.body",
    ".json()",
    "fetch_token",
    "acquire_token",
    "tokenset",
    "token_set",
    "tokens.",
    "tokens[",
    "tokendata",
    "result.",
    "result[",
    "getidtoken",
    "credential",
    "refreshtoken",
    "exchanged.",
    "offlinetoken",
    "offline_token",
    // Of a record that the program has stored.
    "obj.token",
    "record.token",
    "row.token",
    "instance.token",
];
/// Functions that log somebody in by another party, whose answer they are given.
const LOGINS: [&str; 4] = ["sso", "oauth", "oidc", "openid"];
const AUTH_FUNCTIONS: [&str; 25] = [
    "authentication",
    "principal",
    "dofilter",
    "getusername",
    "extractusername",
    "current_user",
    "currentuser",
    "authenticate",
    "authorize",
    "auth_",
    "_auth",
    "protect",
    "require",
    "login_required",
    "middleware",
    "is_admin",
    "isadmin",
    "get_user",
    "getuser",
    "user_from",
    "userfrom",
    "identity",
    "verify",
    "validate",
    "guard",
];

/// Follows a token to where it comes from, in this function.
pub(super) fn of(context: &Context<'_>, decode: &Decode) -> Origin {
    let m = context.model;
    let Some(token) = decode.token else { return Origin::Unknown };
    let mut text = String::new();
    let mut at = token;
    let mut is_own = false;
    for _ in 0..6 {
        is_own |= is_made_here(context, at);
        text.push_str(&context.source(at).to_lowercase());
        text.push('\n');
        let next = m.value(at);
        // `token.split(" ")[1]`: what is the name at its bottom?
        let next = if next == at { bottom(m, at) } else { next };
        if next == at {
            break;
        }
        at = next;
    }
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_injected(m, at) || any(&REQUEST) && !any(&["response", "resp."]) {
        return Origin::Request;
    }
    if is_own || is_given_out(m, token) || any(&LOGIN) {
        return Origin::LoginAnswer;
    }
    match m.kind(at) {
        Kind::Name(name) => parameter(m, name, at),
        _ => Origin::Unknown,
    }
}

fn bottom(m: &Model, id: Id) -> Id {
    let mut at = id;
    for _ in 0..16 {
        at = match m.kind(at) {
            Kind::Member(object, _) | Kind::Index(object, _) => *object,
            // `String(token)`, `[]byte(token)`
            Kind::Call { callee, args } => match (m.kind(*callee), args.as_slice()) {
                (Kind::Name(_), [one]) => one.value,
                _ => *callee,
            },
            _ => return at,
        };
    }
    at
}

/// `const token = await this.createAccessToken(user)`: whoever made it knows what is in it.
fn is_made_here(context: &Context<'_>, at: Id) -> bool {
    let m = context.model;
    let Kind::Name(name) = m.kind(at) else { return false };
    let Some((_, bindings)) = m.declared(name, m.node(at).scope) else { return false };
    bindings.iter().any(|binding| match binding {
        Binding::Value(value) => makes(context, *value),
        _ => false,
    })
}

/// `response.cookie("session", token)`: it is on its way to whoever it was made for.
fn is_given_out(m: &Model, token: Id) -> bool {
    let Kind::Name(name) = m.kind(token) else { return false };
    let Some((declared, _)) = m.declared(name, m.node(token).scope) else { return false };
    m.uses(name, declared).any(|one| {
        m.node(one).parent.is_some_and(|call| {
            matches!(m.callee_name(call), Some("cookie" | "setCookie" | "set_cookie"))
                && m.positional(call, 1).found() == Some(one)
        })
    })
}

fn makes(context: &Context<'_>, value: Id) -> bool {
    let m = context.model;
    context.library.sign(value).is_some()
        || m.callee_name(value).is_some_and(|name| {
            let name = name.to_lowercase();
            ["create", "sign", "issue", "generate", "encode", "make"]
                .iter()
                .any(|word| name.starts_with(word))
        })
}

/// `token: str = Depends(oauth2_scheme)`, `authorization: str = Header()`
fn is_injected(m: &Model, id: Id) -> bool {
    let Kind::Name(name) = m.kind(id) else { return false };
    let Some((_, scope)) = m.parameter_of(name, m.node(id).scope) else { return false };
    scope.params.iter().filter(|param| &param.name == name).any(|param| {
        let default = param.default.and_then(|value| m.callee_name(value));
        matches!(default, Some("Depends" | "Header" | "Cookie" | "Query" | "Security" | "Body"))
            || param.type_name.as_deref().is_some_and(|written| {
                ["Depends(", "Header(", "Cookie(", "HTTPAuthorizationCredentials"]
                    .iter()
                    .any(|word| written.contains(word))
            })
    })
}

fn parameter(m: &Model, name: &str, at: Id) -> Origin {
    let Some((_, scope)) = m.parameter_of(name, m.node(at).scope) else { return Origin::Unknown };
    let function = scope.name.to_lowercase();
    if AUTH_FUNCTIONS.iter().any(|word| function.contains(word)) || function == "auth" {
        Origin::AuthParameter
    } else if LOGINS.iter().any(|word| function.contains(word)) {
        Origin::LoginAnswer
    } else {
        Origin::Unknown
    }
}
