//! What the server itself answers, when no route gets to.

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

/// The request breaks HTTP, or a rule that keeps proxies and us from reading it differently.
pub(super) fn bad_request() -> Response<Body> {
    closing(answer(StatusCode::BAD_REQUEST, r#"{"error":"invalid_request"}"#))
}

/// The body was not all there in time.
pub(super) fn too_slow() -> Response<Body> {
    closing(answer(StatusCode::REQUEST_TIMEOUT, r#"{"error":"invalid_request"}"#))
}

/// The body is longer than anything we take.
pub(super) fn body_too_large() -> Response<Body> {
    closing(answer(StatusCode::PAYLOAD_TOO_LARGE, r#"{"error":"invalid_request"}"#))
}

/// The header fields are longer, or more, than we take.
pub(super) fn header_too_large() -> Response<Body> {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    closing(answer(status, r#"{"error":"invalid_request"}"#))
}

/// A handler panicked. The log has the place; the peer learns nothing.
pub(super) fn panicked() -> Response<Body> {
    answer(StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"server_error"}"#)
}

/// A handler took too long.
pub(super) fn busy() -> Response<Body> {
    let body = r#"{"error":"temporarily_unavailable"}"#;
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, body);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn answer(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is left of the request is not worth reading.
fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
