//! Envoy's question over gRPC, `envoy.service.auth.v3.Authorization/Check`.
//!
//! ```text
//! POST ─▶ proxy known? ─▶ one message ─▶ audience, original request, headers ─▶ as every question
//!         denied 403      error          denied 404    denied 500     denied 431
//! ```
//!
//! The audience is the `audience` among the `context_extensions` that the operator writes beside a route.
//!
//! **Invariants.** A call ends in an answer that [`CheckResponse`]'s two makers made, or in a status that is
//! not OK and without a message: an empty message would let the request pass. Nothing is read of a
//! message before the proxy is known, nor one that is longer than [`MOST`].

mod messages;

use std::num::NonZeroI32;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use prost::Message as _;
use tokenward::AccessClaims;
use tokenward_tower::headers::SecurityHeaders;
use tokenward_tower::request_id::{RequestId, X_REQUEST_ID};

use self::messages::{CheckRequest, CheckResponse, HttpRequest};
use super::decide::{Question, Refused};
use super::original::{Missing, Original};
use super::upstream::Upstream;
use super::{GateState, answer};
use crate::http::ServerLimits;
use crate::settings::Profile;

/// Where Envoy asks.
pub(super) const PATH: &str = "/envoy.service.auth.v3.Authorization/Check";

/// Among the context extensions of a route: the audience that its tokens are for.
const AUDIENCE: &str = "audience";

/// The longest message, in bytes: eight times what the headers of a request may come to, because Envoy
/// can be told to add certificates and the beginning of the body.
const MOST: usize = 128 * 1_024;

/// Answers one call.
pub(super) async fn check(State(gate): State<Arc<GateState>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    if !is_grpc(&parts.headers) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return response;
    }
    let question = gate.recognize(Profile::Envoy, &parts);
    let decided = match question {
        Ok(question) => match read(body).await {
            Ok(check) => decide(&question, check),
            Err(failed) => {
                tracing::error!(?failed, "gate: the message of a proxy cannot be read");
                super::count(Profile::Envoy.as_str(), "no_original_request");
                return failed.into_response();
            }
        },
        Err(refused) => Err(refused),
    };
    let id = parts.extensions.get::<RequestId>().copied();
    match decided {
        Ok(allowed) => {
            super::count(Profile::Envoy.as_str(), "allowed");
            reply(&allowed)
        }
        Err(refused) => {
            refused.note();
            reply(&denied(refused.into_response(), id).await)
        }
    }
}

fn decide(question: &Question<'_>, check: CheckRequest) -> Result<CheckResponse, Refused> {
    let attributes = check.attributes.unwrap_or_default();
    let http = attributes.request.unwrap_or_default().http.unwrap_or_default();
    let audience = attributes.context_extensions.get(AUDIENCE).map(String::as_str);
    let limits = ServerLimits::default();
    if count_of(&http) > limits.headers || bytes_of(&http) > limits.header_bytes {
        return Err(question.too_large());
    }
    let told = headers(&http).and_then(|headers| Ok((original(&http)?, headers)));
    let (verified, headers) = question.decide(audience, told)?;
    Ok(allowed(&verified, &headers))
}

fn original(http: &HttpRequest) -> Result<Original, Missing> {
    let missing = |header| Missing::new(header, "is missing");
    if http.method.is_empty() {
        return Err(missing("attributes.request.http.method"));
    }
    if http.path.is_empty() {
        return Err(missing("attributes.request.http.path"));
    }
    let method = Method::from_bytes(http.method.as_bytes())
        .map_err(|_| Missing::new("attributes.request.http.method", "is no HTTP method"))?;
    let origin = Some(Original::origin_of(&http.scheme, &http.host));
    Ok(Original { method, target: http.path.clone(), origin })
}

/// The client's headers, of whichever of the two fields has them. If both have some, those that stand in
/// both stand twice, and that is refused where it matters.
fn headers(http: &HttpRequest) -> Result<HeaderMap, Missing> {
    let joined = http.headers.iter().map(|(key, value)| (key, value.as_bytes()));
    let raw = http.header_map.iter().flat_map(|map| &map.headers).map(|header| {
        let value = header.value.as_bytes();
        (&header.key, if value.is_empty() { header.raw_value.as_slice() } else { value })
    });
    let mut headers = HeaderMap::new();
    // Names with a colon stand for the parts of the request line.
    for (key, value) in joined.chain(raw).filter(|(key, _)| !key.starts_with(':')) {
        let wrong = || Missing::new("attributes.request.http.headers", "hold what is no header");
        let name = HeaderName::from_bytes(key.as_bytes()).map_err(|_| wrong())?;
        headers.append(name, HeaderValue::from_bytes(value).map_err(|_| wrong())?);
    }
    Ok(headers)
}

fn count_of(http: &HttpRequest) -> usize {
    let raw = http.header_map.as_ref().map_or(0, |map| map.headers.len());
    http.headers.len().saturating_add(raw)
}

fn bytes_of(http: &HttpRequest) -> usize {
    let joined = http.headers.iter().map(|(key, value)| key.len().saturating_add(value.len()));
    let raw = http.header_map.iter().flat_map(|map| &map.headers).map(|header| {
        header.key.len().saturating_add(header.value.len()).saturating_add(header.raw_value.len())
    });
    joined.chain(raw).fold(http.path.len(), |sum, length| {
        // ": " and the line's end, as everywhere else.
        sum.saturating_add(length).saturating_add(4)
    })
}

/// Yes, with whom the token speaks for.
fn allowed(claims: &AccessClaims, headers: &HeaderMap) -> CheckResponse {
    let Upstream { mut remove, cookie } = Upstream::of(headers);
    // The message has no place for cookies that are no UTF-8; they go.
    let cookie = cookie.and_then(|cookie| cookie.to_str().map(str::to_owned).ok());
    if cookie.is_none() && !remove.contains(&http::header::COOKIE) {
        remove.push(http::header::COOKIE);
    }
    let identity = answer::identity(claims)
        .into_iter()
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .chain(cookie.map(|cookie| (http::header::COOKIE.as_str().to_owned(), cookie)));
    CheckResponse::allowed(identity, remove.iter().map(|name| name.as_str().to_owned()).collect())
}

/// No, with the answer that the client is to get.
async fn denied(refusal: Response, id: Option<RequestId>) -> CheckResponse {
    let (mut parts, body) = refusal.into_parts();
    // Envoy passes on these headers, not those of its own conversation with us.
    SecurityHeaders::new().without_hsts().apply(&mut parts.headers);
    if let Some(id) = id {
        parts.headers.insert(X_REQUEST_ID, id.to_header());
    }
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<_> = parts.headers.iter().filter_map(text).collect();
    let body = to_bytes(body, MOST).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    CheckResponse::denied(code_of(parts.status), parts.status, headers, body)
}

/// The code of gRPC that is next to an HTTP status of a refusal; never 0.
const fn code_of(status: StatusCode) -> NonZeroI32 {
    let code = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FOUND => UNAUTHENTICATED,
        StatusCode::NOT_FOUND => NOT_FOUND,
        StatusCode::SERVICE_UNAVAILABLE => UNAVAILABLE,
        StatusCode::INTERNAL_SERVER_ERROR => INTERNAL,
        _ => PERMISSION_DENIED,
    };
    match NonZeroI32::new(code) {
        Some(code) => code,
        None => NonZeroI32::MIN,
    }
}

/// A call that ends without an answer. Envoy then lets nothing pass, unless it was told to
/// `failure_mode_allow`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Failed {
    /// The message is longer than [`MOST`], or does not come.
    TooLong,
    /// It is compressed, which no message of this size need be.
    Compressed,
    /// It is none, or there is more than one.
    Malformed,
}

impl Failed {
    fn into_response(self) -> Response {
        let code = match self {
            Self::TooLong => RESOURCE_EXHAUSTED,
            Self::Compressed => UNIMPLEMENTED,
            Self::Malformed => INVALID_ARGUMENT,
        };
        let mut response = Response::new(Body::empty());
        response.headers_mut().insert(CONTENT_TYPE, GRPC);
        response.headers_mut().insert(GRPC_STATUS, HeaderValue::from(code));
        response
    }
}

/// The one message of a call: a flag, its length in four bytes, and itself.
async fn read(body: Body) -> Result<CheckRequest, Failed> {
    let bytes = to_bytes(body, MOST).await.map_err(|_| Failed::TooLong)?;
    let (head, message) = bytes.split_first_chunk::<5>().ok_or(Failed::Malformed)?;
    let [flag, length @ ..] = *head;
    match flag {
        0 => {}
        1 => return Err(Failed::Compressed),
        _ => return Err(Failed::Malformed),
    }
    let announced = usize::try_from(u32::from_be_bytes(length)).map_err(|_| Failed::TooLong)?;
    if announced != message.len() {
        return Err(Failed::Malformed);
    }
    CheckRequest::decode(message).map_err(|_| Failed::Malformed)
}

fn reply(message: &CheckResponse) -> Response {
    let encoded = message.encode_to_vec();
    // The longest is a refusal's, some hundred bytes, or an identity, which a token's size bounds.
    let Ok(length) = u32::try_from(encoded.len()) else { return Failed::TooLong.into_response() };
    let mut framed = vec![0];
    framed.extend_from_slice(&length.to_be_bytes());
    framed.extend_from_slice(&encoded);
    let mut trailers = HeaderMap::new();
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(framed));
    let body = body.with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(CONTENT_TYPE, GRPC);
    response
}

/// `application/grpc`, alone or with the name of the messages' form.
fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    matches!(kind, Some(b"application/grpc" | b"application/grpc+proto"))
}

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

// gRPC's status codes.
const INVALID_ARGUMENT: i32 = 3;
const NOT_FOUND: i32 = 5;
const PERMISSION_DENIED: i32 = 7;
const RESOURCE_EXHAUSTED: i32 = 8;
const UNIMPLEMENTED: i32 = 12;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;
