//! `/metrics`, `/healthz` and `/readyz`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use metrics::gauge;
use serde_json::{Value, json};
use tokenward::Audience;
use tokio::time::Instant;

/// Says what keeps the process from serving: nothing, or a line each.
#[derive(Clone)]
pub struct Readiness {
    problems: Lines,
    warnings: Lines,
    ages: Option<Ages>,
}

type Lines = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// How old what is known of each audience's revocations is.
type Ages = Arc<dyn Fn() -> Vec<(Audience, Option<Duration>)> + Send + Sync>;

impl Readiness {
    /// Asks `problems` at every probe; it must answer at once, from memory.
    pub fn new(problems: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { problems: Arc::new(problems), warnings: Arc::new(Vec::new), ages: None }
    }

    /// Also tells how old what is known of each audience's revocations is, `null` where nothing is.
    #[must_use]
    pub fn telling_ages(
        self,
        ages: impl Fn() -> Vec<(Audience, Option<Duration>)> + Send + Sync + 'static,
    ) -> Self {
        Self { ages: Some(Arc::new(ages)), ..self }
    }

    /// Also asks for `warnings`: what is wrong though the process serves.
    #[must_use]
    pub fn warning_of(self, warnings: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { warnings: Arc::new(warnings), ..self }
    }

    /// What keeps the process from serving now.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        (self.problems)()
    }

    fn ages(&self) -> Option<Value> {
        let ages = self.ages.as_ref()?();
        let seconds = |age: Option<Duration>| age.map(|age| age.as_secs_f64());
        Some(ages.into_iter().map(|(name, age)| (name.to_string(), json!(seconds(age)))).collect())
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").finish_non_exhaustive()
    }
}

/// `/healthz`, 200 as long as the process answers at all, and `/readyz`, 200 or 503 with the reasons.
///
/// A probe that fails on `/healthz` means "restart me"; one on `/readyz`, "send nobody here for now".
pub fn health_router(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(|| async { answer(StatusCode::OK, JSON, r#"{"status":"ok"}"#) }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

/// `/metrics` in Prometheus' text format; `render` comes from whoever installed the recorder.
pub fn metrics_router(render: impl Fn() -> String + Send + Sync + 'static) -> Router {
    let metrics = Metrics { render: Arc::new(render), begun: Instant::now() };
    Router::new().route("/metrics", get(render_metrics)).with_state(metrics)
}

#[derive(Clone)]
struct Metrics {
    render: Arc<dyn Fn() -> String + Send + Sync>,
    begun: Instant,
}

async fn render_metrics(State(metrics): State<Metrics>) -> Response {
    gauge!("tokenward_uptime_seconds").set(metrics.begun.elapsed().as_secs_f64());
    answer(StatusCode::OK, PROMETHEUS, (metrics.render)())
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let problems = readiness.problems();
    let (status, mut body) = if problems.is_empty() {
        (StatusCode::OK, json!({ "status": "ready" }))
    } else {
        let body = json!({ "status": "not ready", "problems": problems });
        (StatusCode::SERVICE_UNAVAILABLE, body)
    };
    if let Some(body) = body.as_object_mut() {
        let warnings = (readiness.warnings)();
        if status == StatusCode::OK && !warnings.is_empty() {
            body.insert("warnings".to_owned(), json!(warnings));
        }
        if let Some(ages) = readiness.ages() {
            body.insert("revocation_age_seconds".to_owned(), ages);
        }
    }
    answer(status, JSON, body.to_string())
}

fn answer(status: StatusCode, kind: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROMETHEUS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4");
