//! What the server itself answers, when no route gets to.

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use tokenward_tower::respond;

/// The request breaks HTTP, or a rule that keeps proxies and us from reading it differently.
pub(super) fn bad_request() -> Response<Body> {
    closing(invalid(StatusCode::BAD_REQUEST))
}

/// The body was not all there in time.
pub(super) fn too_slow() -> Response<Body> {
    closing(invalid(StatusCode::REQUEST_TIMEOUT))
}

/// The body is longer than anything we take.
pub(super) fn body_too_large() -> Response<Body> {
    closing(invalid(StatusCode::PAYLOAD_TOO_LARGE))
}

/// The header fields are longer, or more, than we take.
pub(super) fn header_too_large() -> Response<Body> {
    closing(respond::header_too_large())
}

fn invalid(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from(r#"{"error":"invalid_request"}"#));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is left of the request is not worth reading.
pub(super) fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
