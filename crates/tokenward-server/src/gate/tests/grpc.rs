//! Envoy's question over gRPC, with messages that are written here a second time, from Envoy's published
//! definitions.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use prost::{Message, Oneof};
use tower::ServiceExt as _;

use super::support::{SECRET, World};
use super::table::{TABLE, filled};
use crate::gate::{IDENTITY, X_PROXY_SECRET};

const PLACE: &str = "/envoy.service.auth.v3.Authorization/Check";

#[tokio::test]
async fn every_request_is_decided_as_over_http() {
    let world = World::new();
    let token = world.token("invoices");
    for (method, target, headers, expected) in TABLE {
        let (target, headers) = filled(target, headers, &token);
        for raw in [false, true] {
            let checked = world.check(&question(method, &target, &headers, raw)).await;
            let asked = format!("{method} {target} {headers:?} raw: {raw}");
            assert_eq!(checked.status(), expected, "{asked}");
            assert_eq!(checked.code() == 0, expected == 200, "{asked}");
        }
    }
}

#[tokio::test]
async fn a_yes_overwrites_every_identity_header_and_takes_the_credentials_off() {
    let world = World::new();
    let service = super::support::request("client:batch").scope("invoices".parse().unwrap());
    let bearer = format!("Bearer {}", world.token_of(service));
    let cookies = "a=1; __Host-refresh=r; b=2; __host-SEAL=s";
    let headers = [("authorization", bearer.as_str()), ("cookie", cookies)];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));

    let checked = world.check(&question("GET", "/open/x", &headers, true)).await;

    let Some(HttpAnswer::Ok(ok)) = checked.message.unwrap().answer else { panic!("no yes") };
    for option in &ok.headers {
        // In the place of the client's own, be it empty.
        assert_eq!((option.append_action, option.keep_empty_value), (2, true), "{option:?}");
    }
    let said: BTreeMap<_, _> =
        ok.headers.into_iter().filter_map(|option| option.header).map(HeaderValue::pair).collect();
    for name in IDENTITY {
        assert!(said.contains_key(name.as_str()), "{name}");
    }
    assert_eq!(said["x-auth-subject"], "client:batch");
    assert_eq!(said["cookie"], "a=1; b=2");
    assert_eq!(ok.headers_to_remove, ["authorization", "dpop"]);

    let only_ours = [("cookie", format!("__Host-access={}", world.token("invoices")))];
    let checked = world.check(&question("GET", "/open/x", &only_ours, false)).await;
    let Some(HttpAnswer::Ok(ok)) = checked.message.unwrap().answer else { panic!("no yes") };
    assert_eq!(ok.headers_to_remove, ["authorization", "dpop", "cookie"]);
}

#[tokio::test]
async fn what_cannot_be_decided_never_reads_as_ok() {
    let world = World::new();
    let bearer = [("authorization", format!("Bearer {}", world.token("invoices")))];
    let good = question("GET", "/open/x", &bearer, false);
    assert_eq!(world.check(&good).await.status(), 200);
    let changed = |change: &dyn Fn(&mut Attributes)| {
        let mut check = good.clone();
        change(check.attributes.as_mut().unwrap());
        check
    };
    let http = |change: &dyn Fn(&mut HttpRequest)| {
        changed(&|attributes| {
            change(attributes.request.as_mut().unwrap().http.as_mut().unwrap());
        })
    };
    let long = "x".repeat(17 * 1_024);
    let table = [
        (404, changed(&|attributes| attributes.context_extensions.clear())),
        (404, changed(&|attributes| other_audience(attributes))),
        (500, http(&|http| http.method.clear())),
        (500, http(&|http| http.method = "GET x".to_owned())),
        (500, http(&|http| http.path.clear())),
        (500, http(&|http| add(http, "x y", "z"))),
        (500, http(&|http| add(http, "x", "a\r\nb"))),
        (431, http(&|http| add(http, "x", &long))),
        (431, http(&|http| (0..101).for_each(|n| add(http, &format!("x{n}"), "y")))),
        (403, http(&|http| http.path = "/open/%2e%2e/x".to_owned())),
        (404, Check::default()),
        (500, changed(&|attributes| attributes.request = None)),
    ];
    for (expected, check) in table {
        let checked = world.check(&check).await;
        assert_eq!(checked.status(), expected, "{check:?}");
        assert_ne!(checked.code(), 0, "{check:?}");
    }
}

#[tokio::test]
async fn a_caller_that_is_no_proxy_is_told_nothing_about_a_token() {
    let world = World::new();
    let good = [("authorization", format!("Bearer {}", world.token("invoices")))];
    let bad = [("authorization", "Bearer x".to_owned())];
    for headers in [good, bad] {
        let bytes = framed(&question("GET", "/open/x", &headers, false).encode_to_vec());
        for secret in [None, Some("another secret")] {
            let checked = world.call(secret, bytes.clone()).await;
            assert_eq!((checked.status(), checked.code()), (403, 7), "{secret:?}");
        }
    }
}

#[tokio::test]
async fn a_message_that_is_none_ends_the_call_with_an_error_and_no_message() {
    let world = World::new();
    let message = question("GET", "/open/x", &[], false).encode_to_vec();
    let good = framed(&message);
    let two = [good.clone(), good.clone()].concat();
    let mut compressed = good.clone();
    compressed[0] = 1;
    let mut other_flag = good.clone();
    other_flag[0] = 2;
    let table: [(&str, Vec<u8>, &str); 8] = [
        ("nothing", Vec::new(), "3"),
        ("half a head", vec![0, 0, 0], "3"),
        ("cut", good[..good.len() - 1].to_vec(), "3"),
        ("two", two, "3"),
        ("compressed", compressed, "12"),
        ("another flag", other_flag, "3"),
        ("no protobuf", framed(&[0xff; 16]), "3"),
        ("too long", framed(&vec![0; 200 * 1_024]), "8"),
    ];
    for (name, bytes, expected) in table {
        let checked = world.call(Some(SECRET), bytes).await;
        assert_eq!(checked.grpc_status.as_deref(), Some(expected), "{name}");
        assert!(checked.message.is_none(), "{name}");
    }
    let plain = Request::post(PLACE).header(X_PROXY_SECRET, SECRET).body(Body::from(good));
    let answer = world.router.clone().oneshot(plain.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn no_bytes_let_a_request_pass() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let world = World::new();
    let good = question("GET", "/open/x", &[("x", "y".to_owned())], true).encode_to_vec();
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        (0..good.len(), any::<u8>()).prop_map(move |(at, byte)| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        }),
    ];
    proptest!(ProptestConfig::with_cases(500), |(bytes in bytes)| {
        let checked = runtime.block_on(world.call(Some(SECRET), framed(&bytes)));
        match checked.grpc_status.as_deref() {
            Some("0") => prop_assert_ne!(checked.code(), 0),
            _ => prop_assert!(checked.message.is_none()),
        }
    });
}

/// What came back of a call.
#[derive(Debug)]
struct Checked {
    /// In the headers or in the trailers.
    grpc_status: Option<String>,
    message: Option<Answer>,
}

impl Checked {
    /// The code that decides; absent is 0, which lets pass.
    fn code(&self) -> i32 {
        self.message.as_ref().unwrap().status.as_ref().map_or(0, |status| status.code)
    }

    /// The status that the client gets.
    fn status(&self) -> u16 {
        let status = match self.message.as_ref().unwrap().answer.as_ref().unwrap() {
            HttpAnswer::Ok(_) => 200,
            HttpAnswer::Denied(denied) => denied.status.as_ref().unwrap().code,
        };
        u16::try_from(status).unwrap()
    }
}

impl World {
    async fn check(&self, check: &Check) -> Checked {
        self.call(Some(SECRET), framed(&check.encode_to_vec())).await
    }

    async fn call(&self, secret: Option<&str>, bytes: Vec<u8>) -> Checked {
        let mut request = Request::post(PLACE).header("content-type", "application/grpc");
        if let Some(secret) = secret {
            request = request.header(X_PROXY_SECRET, secret);
        }
        let request = request.body(Body::from(bytes)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/grpc");
        let head = grpc_status(response.headers());
        let body = response.into_body().collect().await.unwrap();
        let trailers = body.trailers().and_then(grpc_status);
        let bytes: Bytes = body.to_bytes();
        let message = bytes.get(5..).map(|bytes| Answer::decode(bytes).unwrap());
        Checked { grpc_status: head.or(trailers), message }
    }
}

fn grpc_status(headers: &HeaderMap) -> Option<String> {
    Some(headers.get("grpc-status")?.to_str().unwrap().to_owned())
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [[0].as_slice(), &length.to_be_bytes(), message].concat()
}

fn question(method: &str, target: &str, headers: &[(&str, String)], raw: bool) -> Check {
    let mut http = HttpRequest {
        method: method.to_owned(),
        path: target.to_owned(),
        host: "app.example.com".to_owned(),
        scheme: "https".to_owned(),
        ..HttpRequest::default()
    };
    add(&mut http, ":path", "/elsewhere");
    for (name, value) in headers {
        if raw {
            let (key, raw_value) = ((*name).to_owned(), value.clone().into_bytes());
            let value = HeaderValue { key, raw_value, ..HeaderValue::default() };
            http.header_map.get_or_insert_default().headers.push(value);
        } else {
            add(&mut http, name, value);
        }
    }
    let request = Some(AttributeRequest { http: Some(http) });
    let context_extensions = BTreeMap::from([("audience".to_owned(), "billing".to_owned())]);
    Check { attributes: Some(Attributes { request, context_extensions }) }
}

/// Adds a header as Envoy does: to one that is there, with a comma.
fn add(http: &mut HttpRequest, name: &str, value: &str) {
    let there = http.headers.entry(name.to_owned()).or_default();
    let joint = match name {
        _ if there.is_empty() => "",
        "cookie" => "; ",
        _ => ",",
    };
    *there = format!("{there}{joint}{value}");
}

fn other_audience(attributes: &mut Attributes) {
    attributes.context_extensions.insert("audience".to_owned(), "other".to_owned());
}

#[derive(Clone, PartialEq, Message)]
struct Check {
    #[prost(message, optional, tag = "1")]
    attributes: Option<Attributes>,
}

#[derive(Clone, PartialEq, Message)]
struct Attributes {
    #[prost(message, optional, tag = "4")]
    request: Option<AttributeRequest>,
    #[prost(btree_map = "string, string", tag = "10")]
    context_extensions: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct AttributeRequest {
    #[prost(message, optional, tag = "2")]
    http: Option<HttpRequest>,
}

#[derive(Clone, PartialEq, Message)]
struct HttpRequest {
    #[prost(string, tag = "2")]
    method: String,
    #[prost(btree_map = "string, string", tag = "3")]
    headers: BTreeMap<String, String>,
    #[prost(string, tag = "4")]
    path: String,
    #[prost(string, tag = "5")]
    host: String,
    #[prost(string, tag = "6")]
    scheme: String,
    #[prost(message, optional, tag = "13")]
    header_map: Option<RawHeaders>,
}

#[derive(Clone, PartialEq, Message)]
struct RawHeaders {
    #[prost(message, repeated, tag = "1")]
    headers: Vec<HeaderValue>,
}

#[derive(Clone, PartialEq, Message)]
struct HeaderValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
    #[prost(bytes = "vec", tag = "3")]
    raw_value: Vec<u8>,
}

impl HeaderValue {
    fn pair(self) -> (String, String) {
        (self.key, self.value)
    }
}

#[derive(Clone, PartialEq, Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    status: Option<Code>,
    #[prost(oneof = "HttpAnswer", tags = "2, 3")]
    answer: Option<HttpAnswer>,
}

#[derive(Clone, PartialEq, Oneof)]
enum HttpAnswer {
    #[prost(message, tag = "2")]
    Denied(Denied),
    #[prost(message, tag = "3")]
    Ok(Allowed),
}

#[derive(Clone, PartialEq, Message)]
struct Code {
    #[prost(int32, tag = "1")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Denied {
    #[prost(message, optional, tag = "1")]
    status: Option<Code>,
    #[prost(message, repeated, tag = "2")]
    headers: Vec<HeaderOption>,
    #[prost(string, tag = "3")]
    body: String,
}

#[derive(Clone, PartialEq, Message)]
struct Allowed {
    #[prost(message, repeated, tag = "2")]
    headers: Vec<HeaderOption>,
    #[prost(string, repeated, tag = "5")]
    headers_to_remove: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct HeaderOption {
    #[prost(message, optional, tag = "1")]
    header: Option<HeaderValue>,
    #[prost(int32, tag = "3")]
    append_action: i32,
    #[prost(bool, tag = "4")]
    keep_empty_value: bool,
}
