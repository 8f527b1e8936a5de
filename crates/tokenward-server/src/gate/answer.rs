//! What the gate answers.
//!
//! **Invariant:** every answer bears every identity header, empty unless the answer is yes. A proxy that
//! copies them upstream thereby overwrites whatever a client sent under those names.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use http::{HeaderValue, StatusCode};
use tokenward::{AccessClaims, b64};

use crate::settings::Profile;

/// Who the token speaks for: its `sub`. Anything but visible ASCII, and `%`, stands escaped as in a URL.
pub const X_AUTH_SUBJECT: HeaderName = HeaderName::from_static("x-auth-subject");
/// The session, `sid`; empty for a service.
pub const X_AUTH_SESSION: HeaderName = HeaderName::from_static("x-auth-session");
/// The scope, separated by spaces.
pub const X_AUTH_SCOPE: HeaderName = HeaderName::from_static("x-auth-scope");
/// All claims of the token: JSON as base64url.
pub const X_AUTH_CLAIMS: HeaderName = HeaderName::from_static("x-auth-claims");

/// Every identity header.
pub const IDENTITY: [HeaderName; 4] = [X_AUTH_SUBJECT, X_AUTH_SESSION, X_AUTH_SCOPE, X_AUTH_CLAIMS];

/// Every identity header, with whom the token speaks for.
pub(super) fn identity(claims: &AccessClaims) -> [(HeaderName, String); 4] {
    let json = serde_json::Value::Object(claims.to_json()).to_string();
    let session = claims.session_id().map(AsRef::as_ref).unwrap_or_default();
    [
        (X_AUTH_SUBJECT, escape(claims.subject().as_str())),
        (X_AUTH_SESSION, escape(session)),
        (X_AUTH_SCOPE, claims.scope().to_string()),
        (X_AUTH_CLAIMS, b64::encode(json.as_bytes())),
    ]
}

/// The values of [`IDENTITY`], in its order.
pub(super) type Values = [HeaderValue; 4];

/// The values of a token, as [`identity`] tells them.
pub(super) fn values(claims: &AccessClaims) -> Values {
    // All four are visible ASCII and spaces by now; were one not, no identity is the safe one.
    identity(claims).map(|(_, value)| HeaderValue::try_from(value).unwrap_or(EMPTY))
}

/// 200, with whom the token speaks for.
pub(super) fn allowed(values: Values) -> Response {
    let mut response = Response::new(Body::empty());
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in IDENTITY.into_iter().zip(values) {
        headers.insert(name, value);
    }
    *response.headers_mut() = headers;
    response
}

/// `response`, which says no, with the identity headers emptied.
pub(super) fn refused(mut response: Response) -> Response {
    for name in IDENTITY {
        response.headers_mut().insert(name, EMPTY);
    }
    response
}

/// `refusal`, which the browser is to follow to `location` instead; nginx can only be told.
pub(super) fn sign_in(refusal: Response, location: HeaderValue, profile: Profile) -> Response {
    let mut response = if profile == Profile::Nginx {
        refusal
    } else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    };
    response.headers_mut().insert(LOCATION, location);
    response
}

/// 404: no such audience or profile. The proxy's configuration has a wrong URL.
pub(super) fn not_found() -> Response {
    let mut response = Response::new(Body::from(r#"{"error":"not_found"}"#));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Leaves visible ASCII as it is, and makes the rest survive every proxy unchanged and unambiguous: a
/// subject with a space at its end would else become another one on the way.
fn escape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            plain.push(char::from(byte));
        } else {
            plain.push('%');
            for digit in [byte >> 4, byte & 0xf] {
                plain
                    .extend(char::from_digit(u32::from(digit), 16).map(|d| d.to_ascii_uppercase()));
            }
        }
    }
    plain
}

/// Room for these and for those that every answer gets, so that the map need not grow.
const HEADERS: usize = 16;

const EMPTY: HeaderValue = HeaderValue::from_static("");
