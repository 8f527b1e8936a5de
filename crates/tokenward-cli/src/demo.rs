//! The demo of `serve --dev`: a tiny shop with a real session, and ten attacks on it.
//!
//! It is an application as any other: an origin of its own, a login back end that has the credentials of a
//! service, an API behind the tower layers, and `/session/*` routed to the authority. That all of it is one
//! process saves the reader a second command and changes nothing in what is sent.
//!
//! **Invariant:** it runs under `serve --dev` alone, where nobody but this machine is served.

mod attacks;
mod browser;
mod forge;
mod lab;
mod shop;
mod tap;

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use tokenward_server::Authority;
use tokenward_tower::csp::{Csp, Directive, Nonce, Source};
use tokenward_tower::respond;
use tower::ServiceExt as _;

pub(crate) use tap::Tap;

use crate::dev::DevFile;
use crate::failure::Failure;
use lab::Lab;

/// The demo on `port`, of the authority that `dev` describes.
pub(crate) fn router(
    authority: &Arc<Authority>,
    dev: &DevFile,
    port: u16,
    tap: Tap,
) -> Result<Router, Failure> {
    let sessions = authority.public_router();
    let lab = Arc::new(Lab::new(authority, dev, port, tap)?);
    // What the page may do, and nothing else: its own files, its own API, no inline code.
    let csp = Csp::new()
        .allow(Directive::Script, Source::NONCE)
        .allow(Directive::Script, Source::SELF)
        .allow(Directive::Style, Source::SELF)
        .allow(Directive::Image, Source::SELF)
        .allow(Directive::Connect, Source::SELF)
        .trusted_types()
        .report_to(REPORTS)
        .map_err(|error| Failure::because("the demo", &error))?;
    let pages = Router::new()
        .route("/", get(page))
        .route("/shop.js", get(async || file("text/javascript", SCRIPT)))
        .route("/attacks.js", get(async || file("text/javascript", ATTACKS)))
        .route("/shop.css", get(async || file("text/css", STYLE)))
        .route("/icon.svg", get(async || file("image/svg+xml", ICON)))
        .layer(csp.layer());
    let routes = Router::new()
        .route("/login", post(browser::login))
        .route("/attacks/{name}", post(attacks::run))
        .route("/log/{request}", get(log))
        .route(REPORTS, post(report))
        .with_state(Arc::clone(&lab));
    Ok(pages
        .merge(routes)
        .merge(lab.shop().clone())
        .fallback(move |request| session(sessions.clone(), request)))
}

/// `/session/*` goes to the authority, as the proxy in front of an application routes it.
async fn session(authority: Router, request: Request) -> Response {
    let path = request.uri().path();
    if path != "/session" && !path.starts_with("/session/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match authority.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn page(nonce: Nonce) -> Response {
    let text = PAGE.replace("{nonce}", &nonce.to_string());
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// What the log says of a request.
async fn log(State(lab): State<Arc<Lab>>, Path(request): Path<String>) -> Response {
    axum::Json(lab.tap().of(&request)).into_response()
}

/// What a browser says that the policy forbade. Anybody may say so, so it is a line in the log and no more.
async fn report(request: Request) -> StatusCode {
    let Ok(text) = to_bytes(request.into_body(), LONGEST_REPORT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let text = String::from_utf8_lossy(&text);
    tracing::warn!(report = ?text, "a browser says that the page's policy forbade something");
    StatusCode::NO_CONTENT
}

fn file(kind: &str, text: &'static str) -> Response {
    let Ok(kind) = HeaderValue::try_from(format!("{kind}; charset=utf-8")) else {
        return respond::server_error();
    };
    let mut response = text.into_response();
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Where browsers report to.
const REPORTS: &str = "/csp-reports";
const LONGEST_REPORT: usize = 8 << 10;

const PAGE: &str = include_str!("demo/page/index.html");
const SCRIPT: &str = include_str!("demo/page/shop.js");
const ATTACKS: &str = include_str!("demo/page/attacks.js");
const STYLE: &str = include_str!("demo/page/shop.css");
const ICON: &str = include_str!("demo/page/icon.svg");
