//! The words by which a place where a token comes from is known. All are held against text in lower case.

use super::Origin;
use crate::rules::names::has;

const REQUEST: [&str; 43] = [
    "$request->",
    "$this->request",
    "$_get",
    "$_post",
    "$_cookie",
    "$_server",
    "$_request",
    "getallheaders(",
    "httpcontext.",
    "params[",
    "cookies.",
    ".getheader(",
    "req.",
    "req[",
    "req?",
    "request.",
    "request?",
    "request[",
    "ctx.headers",
    "ctx.cookies",
    "ctx.get(",
    "ctx.header",
    "ctx.query",
    "c.req.",
    "c.query(",
    "c.cookie",
    "c.request",
    "headers[",
    "headers.get",
    "headers.auth",
    "headers?.auth",
    "header.get",
    ".headers",
    "cookies[",
    "cookies()",
    "r.header",
    "r.cookie(",
    "r.formvalue",
    "query_params",
    "handshake.",
    ".get_cookie(",
    ".get_argument(",
    "event.authorizationtoken",
];
/// Of other protocols than HTTP.
const CALLS: [&str; 4] =
    ["invocation_metadata", "incomingcontext", "metadata.get(", "connectionparams"];
/// Of a request that this program sends, not of one that it answers.
const SENT: [&str; 8] = [
    "config.headers",
    "defaults.headers",
    "options.headers",
    "response",
    "resp.",
    "res.headers",
    "axios",
    "fetchoptions",
];
/// Of what the server keeps for somebody who has logged in.
const KEPT: [&str; 25] = [
    "session.",
    "session[",
    "session?",
    "session(",
    "session->",
    "storage",
    "store.",
    "cache",
    "redis",
    "obj.",
    "record.",
    "row.",
    "instance.",
    "model.",
    "signedcookies",
    "signed_cookies",
    "cookies.encrypted",
    "cookies.signed",
    "user.token",
    "user.access",
    "account.",
    "config.",
    "settings.",
    "environ",
    "process.env",
];
const LOGIN: [&str; 26] = [
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
    "exchanged",
    "offlinetoken",
    "offline_token",
    "auth.token",
    "data.access",
    "data[\"access",
];
/// Functions that log somebody in by another party, whose answer they are given.
const LOGINS: [&str; 4] = ["sso", "oauth", "oidc", "openid"];
/// What a function does that asks another party for a token.
const ASKS: [&str; 10] = [
    "exchange",
    "fetch",
    "obtain",
    "acquire",
    "redeem",
    "requesttoken",
    "request_token",
    "gettokens",
    "get_tokens",
    "access_token_for",
];
/// The same, or one that makes a token, by how its name begins.
const MAKES: [&str; 11] = [
    "refresh", "login", "log_in", "signin", "sign_in", "create", "sign", "issue", "generate",
    "encode", "make",
];
/// What a function does that opens an envelope which nobody else could have closed.
const OPENS: [&str; 8] = [
    "decrypt",
    "unseal",
    "unsign",
    "verify",
    "validate",
    "parsecookies",
    "getsession",
    "get_session",
];
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

/// What an expression says of itself: `req.headers.authorization`, `session.user.token`.
pub(super) fn told_by(text: &str) -> Origin {
    if has(text, &SENT) {
        return Origin::LoginAnswer;
    }
    if has(text, &KEPT) {
        return Origin::Kept;
    }
    if is_request(text) {
        return Origin::Request;
    }
    own(text)
}

/// What a parameter's name says.
pub(super) fn own(text: &str) -> Origin {
    if has(text, &LOGIN) { Origin::LoginAnswer } else { Origin::Unknown }
}

pub(super) fn is_request(text: &str) -> bool {
    REQUEST.iter().any(|word| begins_in(text, word)) || has(text, &CALLS)
}

/// What a function answers, by what its name says that it does.
pub(super) fn answer(name: &str) -> Origin {
    let name = name.to_lowercase();
    if has(&name, &OPENS) {
        Origin::Kept
    } else if has(&name, &ASKS) || MAKES.iter().any(|word| name.starts_with(word)) {
        Origin::LoginAnswer
    } else {
        Origin::Unknown
    }
}

/// `extractToken(req)`, `getBearerToken(headers)`
pub(super) fn extracts(name: &str) -> bool {
    let name = name.to_lowercase();
    has(&name, &["token", "jwt", "bearer", "header", "cookie", "body", "query"])
        && !name.contains("session")
}

pub(super) fn is_injected_type(written: &str) -> bool {
    [
        "Depends(",
        "Header(",
        "Cookie(",
        "HTTPAuthorizationCredentials",
        "TypedHeader",
        "BearerAuth",
        "HeaderMap",
        "HttpRequest",
    ]
    .iter()
    .any(|word| written.contains(word))
}

/// Whether a function of this name decides who somebody is.
pub(super) fn authenticates(function: &str) -> bool {
    has(function, &AUTH_FUNCTIONS) || function == "auth"
}

/// Whether a function of this name logs somebody in by another party.
pub(super) fn logs_in(function: &str) -> bool {
    has(function, &LOGINS)
}

/// Whether a word stands in a text, and does not go on from another: `req.` is not in `subreq.`.
fn begins_in(text: &str, word: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !word.starts_with(goes_on)
            || !text.get(..at).is_some_and(|before| before.ends_with(goes_on))
    })
}

/// Whether a function of this name answers who somebody is.
pub(super) fn names_user(function: &str) -> bool {
    has(
        function,
        &["user", "claims", "account", "context", "principal", "role", "permission", "payload"],
    )
}

/// Annotations by which a framework hands over a part of the request.
pub(super) fn is_injecting(written: &str) -> bool {
    [
        "@RequestHeader",
        "@CookieValue",
        "@RequestParam",
        "@HeaderParam",
        "@CookieParam",
        "[FromHeader",
        "[FromQuery",
        "@Headers(",
        "@Cookies(",
        "@Query(",
        "@Body(",
    ]
    .iter()
    .any(|mark| written.contains(mark))
}

/// `authorization`, `auth_header`
pub(super) fn is_header(name: &str) -> bool {
    matches!(
        name,
        "authorization"
            | "authheader"
            | "auth_header"
            | "authorizationheader"
            | "authorization_header"
    )
}

/// Whether a function of this name says that it decides who shows a token, or that it verifies one.
pub(in super::super) fn vouches(function: &str) -> bool {
    matches!(function, "authenticate" | "authorize" | "current_user" | "currentuser")
        || function.contains("authenticate")
        || [
            "current_user",
            "currentuser",
            "user_from_token",
            "userfromtoken",
            "userfromjwt",
            "user_from_jwt",
        ]
        .iter()
        .any(|word| function.contains(word))
        || has(function, &["verify", "validate"])
            && has(function, &["token", "jwt", "bearer", "secret", "certificate"])
}
