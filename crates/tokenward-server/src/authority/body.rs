//! Request bodies: bounded, of the right type, then parsed.

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::error::ApiError;
use super::form::Form;
use super::json::Fields;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A body that has been read whole.
pub(super) struct Read {
    content_type: String,
    bytes: Bytes,
}

/// Reads a body of at most `limit` bytes. What announces more is refused before it is read.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Read, ApiError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| over(n, limit)) {
        return Err(ApiError::too_large(limit));
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let content_type = match (types.next(), types.next()) {
        (Some(one), None) => media_type(one.to_str().unwrap_or_default()),
        _ => String::new(),
    };
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(Read { content_type, bytes: whole.to_bytes() }),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::too_large(limit)),
        // The connection broke, or the peer was too slow: there may be nobody left to hear it.
        Err(_) => Err(ApiError::invalid_request("the body did not arrive whole")),
    }
}

impl Read {
    /// Whether it calls itself a form.
    pub(super) fn is_form(&self) -> bool {
        self.content_type == FORM
    }

    /// Whether it calls itself JSON.
    pub(super) fn is_json(&self) -> bool {
        self.content_type == JSON
    }

    /// The body as a form.
    pub(super) fn form(&self) -> Result<Form, ApiError> {
        if !self.is_form() {
            return Err(ApiError::wrong_type(FORM));
        }
        Form::parse(&self.bytes)
    }

    /// The body as a JSON object.
    pub(super) fn json(&self) -> Result<Fields, ApiError> {
        if !self.is_json() {
            return Err(ApiError::wrong_type(JSON));
        }
        Fields::parse(&self.bytes)
    }

    /// The body as a JSON object; one that is not there is empty.
    pub(super) fn optional_json(&self) -> Result<Fields, ApiError> {
        if self.bytes.is_empty() { Ok(Fields::default()) } else { self.json() }
    }

    /// Its bytes, to recognize a repeated request by.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn over(announced: u64, limit: usize) -> bool {
    usize::try_from(announced).map_or(true, |announced| announced > limit)
}

/// The type without its parameters, such as `charset`, in lower case.
fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
