//! The answers that a caller without a good token gets, byte for byte the same everywhere.
//!
//! **Invariant:** no answer depends on why a token was refused, on what was presented, or on the request
//! at all, but for what the caller must know to go on: the scope it lacks, and when to try again.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::{HeaderValue, Method, StatusCode};

use crate::csrf::SEC_FETCH_SITE;
use crate::dpop::{DPOP_NONCE, algorithms};
use crate::step_up::StepUp;

#[cfg(test)]
mod tests;

/// 401: the token was refused, for whatever reason (RFC 6750 § 3.1).
#[must_use]
pub fn invalid_token() -> Response {
    let body = r#"{"error":"invalid_token","error_description":"Invalid token"}"#;
    let mut response = json(StatusCode::UNAUTHORIZED, body);
    challenge(&mut response, HeaderValue::from_static(r#"Bearer error="invalid_token""#));
    response
}

/// 401: no token was presented. By RFC 6750 § 3.1 the answer has no error code, so no body either.
#[must_use]
pub fn no_credentials() -> Response {
    let mut response = empty(StatusCode::UNAUTHORIZED);
    challenge(&mut response, HeaderValue::from_static("Bearer"));
    response
}

/// 401: no token was presented, where one that is bound to a key would do too (RFC 9449 § 7.1, § 7.2).
#[must_use]
pub fn no_proven_credentials() -> Response {
    let mut response = no_credentials();
    // Behind it, for proxies and clients that read one challenge alone.
    response.headers_mut().append(WWW_AUTHENTICATE, dpop_challenge(None));
    response
}

/// 401: the proof counts, and the token that came with it was refused, for whatever reason (RFC 9449 § 7.1).
#[must_use]
pub fn invalid_bound_token() -> Response {
    let body = r#"{"error":"invalid_token","error_description":"Invalid token"}"#;
    let mut response = json(StatusCode::UNAUTHORIZED, body);
    challenge(&mut response, dpop_challenge(Some("invalid_token")));
    response
}

/// 401: the proof does not count, for whatever reason; the token was not read (RFC 9449 § 7.1).
#[must_use]
pub fn invalid_dpop_proof() -> Response {
    let mut response = json(StatusCode::UNAUTHORIZED, r#"{"error":"invalid_dpop_proof"}"#);
    challenge(&mut response, dpop_challenge(Some("invalid_dpop_proof")));
    response
}

/// 401: the proof would count with `nonce` (RFC 9449 § 9).
#[must_use]
pub fn use_dpop_nonce(nonce: HeaderValue) -> Response {
    let mut response = json(StatusCode::UNAUTHORIZED, r#"{"error":"use_dpop_nonce"}"#);
    challenge(&mut response, dpop_challenge(Some("use_dpop_nonce")));
    response.headers_mut().insert(DPOP_NONCE, nonce);
    response
}

fn dpop_challenge(error: Option<&str>) -> HeaderValue {
    let error = error.map(|error| format!(r#"error="{error}", "#)).unwrap_or_default();
    let value = format!(r#"DPoP {error}algs="{}""#, algorithms().join(" "));
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("DPoP"))
}

/// 400: more than one token, or one of open meaning ([`crate::credentials::Malformed`]).
#[must_use]
pub fn invalid_request() -> Response {
    let mut response = json(StatusCode::BAD_REQUEST, r#"{"error":"invalid_request"}"#);
    challenge(&mut response, HeaderValue::from_static(r#"Bearer error="invalid_request""#));
    response
}

/// 403: a change by cookie that another site asked for ([`crate::csrf::CsrfRefused`]), or a rule that
/// allows nobody.
#[must_use]
pub fn access_denied() -> Response {
    json(StatusCode::FORBIDDEN, r#"{"error":"access_denied"}"#)
}

/// 403: the token is good, but lacks `scope`, a space-separated list (RFC 6750 § 3.1). `bound` says whether it came by
/// the scheme `DPoP` (RFC 9449 § 7.1).
#[must_use]
pub fn insufficient_scope(scope: &str, bound: bool) -> Response {
    let mut response = json(StatusCode::FORBIDDEN, r#"{"error":"insufficient_scope"}"#);
    let scheme = scheme(bound);
    // A scope that is none (RFC 6749 § 3.3) is left out, so that it cannot end the quoted string.
    let named = scope.bytes().all(is_scope_byte).then(|| format!(r#", scope="{scope}""#));
    let value = format!(r#"{scheme} error="insufficient_scope"{}"#, named.unwrap_or_default());
    challenge(&mut response, HeaderValue::try_from(value).unwrap_or(BEARER));
    response
}

/// 401: the token is good, but the login behind it is too old or too weak (RFC 9470 § 3). `bound` says whether
/// it came by the scheme `DPoP`.
#[must_use]
pub fn insufficient_user_authentication(step_up: &StepUp, bound: bool) -> Response {
    let body = r#"{"error":"insufficient_user_authentication"}"#;
    let mut response = json(StatusCode::UNAUTHORIZED, body);
    let scheme = scheme(bound);
    let value = format!(r#"{scheme} error="insufficient_user_authentication"{step_up}"#);
    challenge(&mut response, HeaderValue::try_from(value).unwrap_or(BEARER));
    response
}

/// 503: the verifier is too stale to decide, or a store is down. Nobody's token is at fault, so this is
/// never a 401, which would log users out. `retry_after` counts in whole seconds, at least one.
#[must_use]
pub fn unavailable(retry_after: Duration) -> Response {
    let mut response =
        json(StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"temporarily_unavailable"}"#);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
    response
}

/// 431: a header, or all of them together, over the limit (RFC 6585 § 5).
#[must_use]
pub fn header_too_large() -> Response {
    json(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, r#"{"error":"invalid_request"}"#)
}

/// 500: a bug or a misconfiguration of ours. The log has it, under the request id.
#[must_use]
pub fn server_error() -> Response {
    json(StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"server_error"}"#)
}

/// Whether this is a link from another site, followed in a browser: the one case in which a missing
/// cookie says nothing, because browsers keep `SameSite=Strict` cookies back.
///
/// The answer is [`reload_page`]. The reload is the page's own, so it arrives with `same-origin` and
/// its cookies and cannot come here again. A frame is left out: under a foreign page its cookies would
/// be kept back the second time too. So is `same-site`, which gets its cookies at once.
#[must_use]
pub fn is_link_from_another_site(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &HeaderName, value: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().is_some_and(|v| v == value) && values.next().is_none()
    };
    method == Method::GET
        && is(&SEC_FETCH_SITE, "cross-site")
        && is(&SEC_FETCH_MODE, "navigate")
        && is(&SEC_FETCH_DEST, "document")
}

/// 200: a page that reloads itself, once. It is fixed text, so nothing of the request can be reflected,
/// and it allows itself nothing.
#[must_use]
pub fn reload_page() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
                <meta http-equiv=\"refresh\" content=\"0\"><title>One moment</title>\
                <p>One moment. If nothing happens, reload this page.</p></html>\n";
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(CONTENT_SECURITY_POLICY, crate::headers::CSP);
    response
}

fn json(status: StatusCode, body: &'static str) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body);
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}

const fn scheme(bound: bool) -> &'static str {
    if bound { "DPoP" } else { "Bearer" }
}

fn challenge(response: &mut Response, value: HeaderValue) {
    response.headers_mut().insert(WWW_AUTHENTICATE, value);
}

/// `scope-token` of RFC 6749 § 3.3, and the space between two.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')
}

const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
