//! The shop's login back end: it has checked who somebody is, and asks the authority for a session.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;
use tokenward_tower::csrf::{self, Origins};
use tokenward_tower::respond;

use super::lab::Lab;

#[derive(Deserialize)]
struct Login {
    name: String,
}

/// `POST /login`. Whoever they say they are: this shop asks for no password.
pub(super) async fn login(State(lab): State<Arc<Lab>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A form on another site could otherwise log its visitors in, as somebody else.
    if csrf::check(&parts.method, &parts.headers, &Origins::none()).is_err() {
        return respond::access_denied();
    }
    let login = axum::body::to_bytes(body, 1_024).await.ok();
    let login: Option<Login> = login.and_then(|body| serde_json::from_slice(&body).ok());
    let Some(Login { name }) = login.filter(|login| is_name(&login.name)) else {
        return respond::invalid_request();
    };
    let wanted = json!({
        "subject": format!("shopper-{name}"),
        "audience": lab.audience().as_str(),
        "delivery": "cookie",
        "device": "the demo",
    });
    let made = lab.create(&wanted).await;
    let mut response = made.status().into_response();
    if made.status() == StatusCode::CREATED {
        response = StatusCode::NO_CONTENT.into_response();
        // The cookies, and not the body: that repeats them, for back ends that cannot pass headers on.
        pass(made.headers(), response.headers_mut());
    }
    response
}

fn pass(from: &HeaderMap, to: &mut HeaderMap) {
    for cookie in from.get_all(SET_COOKIE) {
        to.append(SET_COOKIE, cookie.clone());
    }
}

fn is_name(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase())
}
