//! What a caller is told when a call fails: a status, one of OAuth's codes, and a sentence.
//!
//! **Invariant:** no answer repeats a value that the caller sent, and none says more than who has to
//! change something: the caller (4xx) or the operator (5xx, whose cause is in the log alone).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use tokenward::{BackendError, BackendErrorKind, ErrorChain};

use super::lockout::Wait;

/// A failed call, on its way to the caller.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    description: Option<Cow<'static, str>>,
    /// Seconds after which the same call may work.
    retry_after: Option<u64>,
}

impl ApiError {
    const fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, description: None, retry_after: None }
    }

    fn describe(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// 400 with one of the codes of RFC 6749 § 5.2 (or RFC 8707 § 2).
    pub(super) fn oauth(code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code).describe(description)
    }

    /// 400: the request itself is wrong, in the way that `description` says.
    pub(super) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::oauth("invalid_request", description)
    }

    /// 400: the refresh token is not good, or not this client's. One answer for every reason.
    pub(super) fn invalid_grant() -> Self {
        Self::oauth("invalid_grant", "Invalid refresh token")
    }

    /// 400: what was to be exchanged is no good, or not the client's to exchange (RFC 8693 § 2.2.2). One
    /// answer for every reason.
    pub(super) fn invalid_subject_token() -> Self {
        Self::invalid_request("Invalid subject token")
    }

    /// 401: nobody proved to be a client. One answer for an unknown name, a wrong secret, and a place in which too
    /// many have failed.
    pub(super) fn invalid_client() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client")
            .describe("Client authentication failed")
    }

    /// 403: the service may not do this, or not with this audience.
    pub(super) const fn access_denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied")
    }

    /// 404: there is nothing here, or nothing that this caller may know of.
    pub(super) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// 405: the path is right, the method is not.
    pub(super) const fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    }

    /// 406: nothing that the caller takes is here.
    pub(super) fn not_acceptable(description: &'static str) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "invalid_request").describe(description)
    }

    /// 409: the `Idempotency-Key` was used for another request.
    pub(super) fn key_reused() -> Self {
        Self::new(StatusCode::CONFLICT, "invalid_request")
            .describe("this Idempotency-Key was used with another request")
    }

    /// 410: what was asked for is no longer kept.
    pub(super) fn gone(description: &'static str) -> Self {
        Self::new(StatusCode::GONE, "gone").describe(description)
    }

    /// 413: the body is over `limit` bytes.
    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request")
            .describe(format!("the body is over {limit} bytes"))
    }

    /// 415: the body is not of the type `expected`.
    pub(super) fn wrong_type(expected: &'static str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request")
            .describe(format!("the Content-Type must be {expected}"))
    }

    /// 429: the caller is over its rate; it may come back after `seconds`.
    pub(super) const fn too_many_requests(seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
        error.retry_after = Some(seconds);
        error
    }

    /// The same, with how long to wait before the next try, if that is long.
    pub(super) fn after(mut self, wait: Option<Wait>) -> Self {
        self.retry_after = wait.map(Wait::as_secs).or(self.retry_after);
        self
    }

    /// 503: nothing was decided about the call; the same one may work soon.
    pub(super) const fn unavailable() -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");
        error.retry_after = Some(1);
        error
    }

    /// 500: our own fault.
    pub(super) const fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
    }

    /// 501: a part of a standard that is not offered.
    pub(super) fn not_implemented(description: &'static str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "invalid_request").describe(description)
    }

    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<BackendError> for ApiError {
    /// Only an outage is 503; what cannot happen is 500. The cause goes to the log.
    fn from(error: BackendError) -> Self {
        tracing::error!(error = %ErrorChain::new(&error), "a back end failed");
        match error.kind() {
            BackendErrorKind::Bug => Self::server_error(),
            _ => Self::unavailable(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = match &self.description {
            Some(text) => serde_json::json!({"error": self.code, "error_description": text}),
            None => serde_json::json!({"error": self.code}),
        };
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.code == "invalid_client" {
            // RFC 6749 § 5.2 asks for the scheme that the client used; Basic is the only one we have.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"tokenward\""));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
