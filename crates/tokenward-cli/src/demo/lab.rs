//! What the attacks work with: the shop, the authority, and what the log says.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use tokenward::{Audience, Clock};
use tokenward_server::Authority;
use tokenward_tower::RequestIds;
use tokenward_tower::request_id::X_REQUEST_ID;
use tower::ServiceExt as _;

use super::Tap;
use super::shop::{self, Orders};
use crate::dev::DevFile;
use crate::failure::Failure;

/// See the [module](self).
pub(super) struct Lab {
    pub(super) authority: Arc<Authority>,
    /// The shop, and the same an hour later.
    shop: Router,
    later: Router,
    sessions: Router,
    service: HeaderValue,
    audience: Audience,
    pub(super) port: u16,
    tap: Tap,
}

/// What an attacker did, and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    /// In words.
    pub(super) does: String,
    /// The status of the answer; `None` where nobody answered.
    pub(super) status: Option<u16>,
    /// What the attacker sees.
    pub(super) answer: String,
    /// What the operator sees.
    pub(super) log: Vec<String>,
    /// Whether that is how it should have ended.
    pub(super) good: bool,
}

/// An attack that could not be tried, in words.
pub(super) struct NotTried(pub(super) &'static str);

impl Lab {
    pub(super) fn new(
        authority: &Arc<Authority>,
        dev: &DevFile,
        port: u16,
        tap: Tap,
    ) -> Result<Self, Failure> {
        let bug = |what: &str| Failure::cannot(format!("the demo: {what}"));
        let audience = Audience::new(dev.audience.as_str()).map_err(|_| bug("the audience"))?;
        let verifier = authority.verifier(&audience).ok_or_else(|| bug("the verifier"))?;
        let (clock, orders) = (authority.clock(), Orders::default());
        let now = Arc::clone(clock);
        let later: Arc<dyn Clock> = Arc::new(move || now.now().saturating_add(HOUR));
        let pair = BASE64_STANDARD.encode(format!("{}:{}", dev.client_id, dev.client_secret));
        let mut service =
            HeaderValue::try_from(format!("Basic {pair}")).map_err(|_| bug("the secret"))?;
        service.set_sensitive(true);
        Ok(Self {
            shop: shop::router(Arc::clone(verifier), Arc::clone(clock), orders.clone()),
            later: shop::router(Arc::clone(verifier), later, orders),
            sessions: authority.public_router().layer(RequestIds::new()),
            authority: Arc::clone(authority),
            service,
            audience,
            port,
            tap,
        })
    }

    /// The shop's API.
    pub(super) const fn shop(&self) -> &Router {
        &self.shop
    }

    pub(super) const fn tap(&self) -> &Tap {
        &self.tap
    }

    pub(super) const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Asks the authority for a session, as the login back end does.
    pub(super) async fn create(&self, wanted: &Value) -> Response {
        self.call(Method::POST, "/v1/sessions", &wanted.to_string()).await
    }

    /// Ends a session, as the login back end does.
    pub(super) async fn end(&self, session: &str) -> Response {
        self.call(Method::DELETE, &format!("/v1/sessions/{session}"), "").await
    }

    /// A token of the attacker's own, and its session.
    pub(super) async fn own_token(&self) -> Result<(String, String), NotTried> {
        let wanted = json!({ "subject": "mallory", "audience": self.audience.as_str() });
        let made = self.create(&wanted).await;
        let body = text(made).await.1;
        let made: Value = serde_json::from_str(&body).unwrap_or_default();
        let member = |name: &str| made.get(name).and_then(Value::as_str).map(str::to_owned);
        member("access_token")
            .zip(member("session_id"))
            .ok_or(NotTried("the authority makes no token just now; try again in a second"))
    }

    /// Presents `token` to the shop.
    pub(super) async fn present(&self, does: &str, token: &str) -> Step {
        refused(UNAUTHORIZED, self.ask(&self.shop, does, Some(token)).await)
    }

    /// Presents `token` to the shop an hour later.
    pub(super) async fn present_later(&self, does: &str, token: &str) -> Step {
        refused(UNAUTHORIZED, self.ask(&self.later, does, Some(token)).await)
    }

    /// Presents a token that is good.
    pub(super) async fn present_good(&self, does: &str, token: &str) -> Step {
        let step = self.ask(&self.shop, does, Some(token)).await;
        Step { good: step.status == Some(200), ..step }
    }

    /// Asks the shop without a token. No reason is in the log, because none was looked for.
    pub(super) async fn present_nothing(&self, does: &str) -> Step {
        let step = refused(UNAUTHORIZED, self.ask(&self.shop, does, None).await);
        let good = step.good && step.answer.is_empty();
        let answer = if good {
            "an empty body, with `WWW-Authenticate: Bearer`".into()
        } else {
            step.answer
        };
        let mut log = step.log;
        if log.is_empty() {
            log.push("(no refusal: nothing was presented)".to_owned());
        }
        Step { answer, log, good, ..step }
    }

    /// Asks the authority for a session that it should not make.
    pub(super) async fn create_refused(&self, does: &str, wanted: &Value) -> Step {
        let answer = self.create(wanted).await;
        let mut step = refused(StatusCode::BAD_REQUEST, self.step(does, answer).await);
        if step.log.is_empty() {
            step.log
                .push("(the service itself is told: which claim, and never its value)".to_owned());
        }
        step
    }

    async fn ask(&self, shop: &Router, does: &str, token: Option<&str>) -> Step {
        let request = request(Method::GET, "/api/orders", "");
        let request = request.map(|mut request| {
            let value = token.map(|token| HeaderValue::try_from(format!("Bearer {token}")));
            // What is no header cannot be sent; the shop then sees no token.
            if let Some(Ok(value)) = value {
                request.headers_mut().insert(AUTHORIZATION, value);
            }
            request
        });
        let answer = send(shop, request).await;
        self.step(does, answer).await
    }

    async fn step(&self, does: &str, answer: Response) -> Step {
        let id = answer.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok());
        let id = id.unwrap_or_default().to_owned();
        let (status, answer) = text(answer).await;
        let log = self.tap.of(&id);
        Step { does: does.to_owned(), status: Some(status), answer, log, good: false }
    }

    async fn call(&self, method: Method, path: &str, body: &str) -> Response {
        let request = request(method, path, body).map(|mut request| {
            request.headers_mut().insert(AUTHORIZATION, self.service.clone());
            request
        });
        send(&self.sessions, request).await
    }
}

/// Refused as is meant: another status would be another reason, a limit for example.
fn refused(status: StatusCode, step: Step) -> Step {
    Step { good: step.status == Some(status.as_u16()), ..step }
}

fn request(method: Method, path: &str, body: &str) -> Option<Request<Body>> {
    let json = HeaderValue::from_static("application/json");
    let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, json);
    request.body(Body::from(body.to_owned())).ok()
}

async fn send(router: &Router, request: Option<Request<Body>>) -> Response {
    let Some(request) = request else { return tokenward_tower::respond::server_error() };
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Status and body of an answer.
pub(super) async fn text(answer: Response) -> (u16, String) {
    let status: StatusCode = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 64 * 1024).await.unwrap_or_default();
    (status.as_u16(), String::from_utf8_lossy(&body).into_owned())
}

const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
const HOUR: Duration = Duration::from_secs(60 * 60);
