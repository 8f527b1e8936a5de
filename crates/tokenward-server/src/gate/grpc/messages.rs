//! The messages of `envoy.service.auth.v3` that the gate reads and writes, and of them the fields that it
//! needs, with the numbers of Envoy's published definitions. What else a message holds is skipped.
//!
//! Written by hand, because the few fields do not warrant a compiler for `.proto` files in every build.
//!
//! **Invariant:** in proto3 a status that is absent reads as 0, which is *OK*: an empty answer lets the
//! request pass. So answers are made by [`CheckResponse::allowed`] and [`CheckResponse::denied`] alone.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroI32;

use prost::{Message, Oneof};

/// `envoy.service.auth.v3.CheckRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct CheckRequest {
    #[prost(message, optional, tag = "1")]
    pub(super) attributes: Option<AttributeContext>,
}

/// `envoy.service.auth.v3.AttributeContext`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct AttributeContext {
    #[prost(message, optional, tag = "4")]
    pub(super) request: Option<AttributeRequest>,
    /// What the operator wrote beside the route.
    #[prost(btree_map = "string, string", tag = "10")]
    pub(super) context_extensions: BTreeMap<String, String>,
}

/// `envoy.service.auth.v3.AttributeContext.Request`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct AttributeRequest {
    #[prost(message, optional, tag = "2")]
    pub(super) http: Option<HttpRequest>,
}

/// `envoy.service.auth.v3.AttributeContext.HttpRequest`.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct HttpRequest {
    #[prost(string, tag = "2")]
    pub(super) method: String,
    /// Those of one name are joined by commas.
    #[prost(btree_map = "string, string", tag = "3")]
    pub(super) headers: BTreeMap<String, String>,
    /// Path and query, as they were sent.
    #[prost(string, tag = "4")]
    pub(super) path: String,
    #[prost(string, tag = "5")]
    pub(super) host: String,
    #[prost(string, tag = "6")]
    pub(super) scheme: String,
    /// In the place of `headers`, where Envoy is told to `encode_raw_headers`.
    #[prost(message, optional, tag = "13")]
    pub(super) header_map: Option<HeaderMap>,
}

/// `envoy.config.core.v3.HeaderMap`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HeaderMap {
    #[prost(message, repeated, tag = "1")]
    pub(super) headers: Vec<HeaderValue>,
}

/// `envoy.config.core.v3.HeaderValue`: one of `value` and `raw_value`.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub(super) struct HeaderValue {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) raw_value: Vec<u8>,
}

/// `envoy.service.auth.v3.CheckResponse`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct CheckResponse {
    #[prost(message, optional, tag = "1")]
    status: Option<Status>,
    #[prost(oneof = "HttpResponse", tags = "2, 3")]
    http_response: Option<HttpResponse>,
}

#[derive(Clone, PartialEq, Oneof)]
enum HttpResponse {
    #[prost(message, tag = "2")]
    Denied(DeniedHttpResponse),
    #[prost(message, tag = "3")]
    Ok(OkHttpResponse),
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
}

/// `envoy.service.auth.v3.DeniedHttpResponse`: what the client gets.
#[derive(Clone, PartialEq, Message)]
struct DeniedHttpResponse {
    #[prost(message, optional, tag = "1")]
    status: Option<HttpStatus>,
    #[prost(message, repeated, tag = "2")]
    headers: Vec<HeaderValueOption>,
    #[prost(string, tag = "3")]
    body: String,
}

/// `envoy.type.v3.HttpStatus`.
#[derive(Clone, PartialEq, Message)]
struct HttpStatus {
    #[prost(int32, tag = "1")]
    code: i32,
}

/// `envoy.service.auth.v3.OkHttpResponse`: how the request goes on.
#[derive(Clone, PartialEq, Message)]
struct OkHttpResponse {
    #[prost(message, repeated, tag = "2")]
    headers: Vec<HeaderValueOption>,
    #[prost(string, repeated, tag = "5")]
    headers_to_remove: Vec<String>,
}

/// `envoy.config.core.v3.HeaderValueOption`.
#[derive(Clone, PartialEq, Message)]
struct HeaderValueOption {
    #[prost(message, optional, tag = "1")]
    header: Option<HeaderValue>,
    #[prost(int32, tag = "3")]
    append_action: i32,
    #[prost(bool, tag = "4")]
    keep_empty_value: bool,
}

impl CheckResponse {
    /// The request may pass, with `headers` in the place of the client's own, and without those named in
    /// `remove`.
    pub(super) fn allowed(
        headers: impl IntoIterator<Item = (String, String)>,
        remove: Vec<String>,
    ) -> Self {
        let headers = headers.into_iter().map(HeaderValueOption::instead).collect();
        Self {
            status: Some(Status { code: 0 }),
            http_response: Some(HttpResponse::Ok(OkHttpResponse {
                headers,
                headers_to_remove: remove,
            })),
        }
    }

    /// The request may not pass. `code` is one of gRPC's; `status`, `headers` and `body` are what the
    /// client gets.
    pub(super) fn denied(
        code: NonZeroI32,
        status: http::StatusCode,
        headers: impl IntoIterator<Item = (String, String)>,
        body: String,
    ) -> Self {
        Self {
            status: Some(Status { code: code.get() }),
            http_response: Some(HttpResponse::Denied(DeniedHttpResponse {
                status: Some(HttpStatus { code: i32::from(status.as_u16()) }),
                headers: headers.into_iter().map(HeaderValueOption::instead).collect(),
                body,
            })),
        }
    }
}

impl HeaderValueOption {
    /// In the place of every header of that name, be it empty: one that were left out for its emptiness
    /// would leave the client's own.
    fn instead((key, value): (String, String)) -> Self {
        Self {
            header: Some(HeaderValue { key, value, raw_value: Vec::new() }),
            append_action: OVERWRITE_IF_EXISTS_OR_ADD,
            keep_empty_value: true,
        }
    }
}

const OVERWRITE_IF_EXISTS_OR_ADD: i32 = 2;

// Neither shows what it holds: a token, in a request.

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderValue").field("key", &self.key).finish_non_exhaustive()
    }
}
