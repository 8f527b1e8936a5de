//! Forward-auth: a proxy asks about each request, and the gate says yes with whom it speaks for, or no.
//!
//! ```text
//! /auth/{profile}/{audience}[/…], and Envoy's gRPC
//!    proxy known? ─▶ original request ─▶ nothing smuggled ─▶ one credential ─▶ CSRF ─▶ fresh? ─▶ …
//!       403              500                  400                 401           403      503
//!    … ─▶ token ─▶ rules ─▶ 200
//!          401      403
//! ```
//!
//! **Invariants.** Nothing of the original request is believed before the proxy is known. The audience
//! comes from the URL that the operator wrote, never from the request. A refused token gets the same
//! bytes as everywhere else, and every answer empties or sets every identity header.

mod answer;
mod decide;
mod grpc;
mod login;
mod original;
mod path;
mod proxy;
mod quick;
mod rules;
mod smuggle;
mod upstream;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, post};
use http::{HeaderMap, Method, Request};
use metrics::counter;
use tokenward::{Audience, Clock};
use tokenward_remote::LiveVerifier;
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::Dpop;

pub use answer::{IDENTITY, X_AUTH_CLAIMS, X_AUTH_SCOPE, X_AUTH_SESSION, X_AUTH_SUBJECT};
pub use login::{InvalidLogin, Login};
pub use path::{BadPath, BadPattern, CanonicalPath, PathPattern};
pub use proxy::X_PROXY_SECRET;
pub use rules::{Decision, Miss, Rule, Rules};

use self::quick::QuickGate;
use self::upstream::Upstream;
use crate::http::{Listener, Server, Tls};
use crate::settings::{Profile, ProxySettings};

/// Everything that a gate decides by.
#[expect(clippy::exhaustive_structs, reason = "whoever builds a gate decides on every field")]
pub struct GateState {
    /// The audiences that may be asked about.
    pub audiences: BTreeMap<Audience, GateAudience>,
    /// Who may ask.
    pub proxies: Vec<ProxySettings>,
    /// What a good token is good for.
    pub rules: Rules,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Takes every caller on this machine for a proxy. For development alone.
    pub any_local: bool,
}

/// How tokens of one audience are judged.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever builds a gate decides on every field")]
pub struct GateAudience {
    /// Judges them, revocations included.
    pub verifier: Arc<LiveVerifier>,
    /// From where requests may come that carry their token in a cookie.
    pub origins: Origins,
    /// Takes tokens that are bound to a key, if any are.
    pub dpop: Option<Dpop>,
    /// Whether tokens are bound to client certificates, of which the proxies tell.
    pub certificates: BindingPolicy,
    /// Where a browser goes that has no good token; nowhere without it, it then gets a 401 as everybody
    /// else.
    pub login: Option<Login>,
}

impl fmt::Debug for GateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateState")
            .field("audiences", &self.audiences.keys())
            .field("proxies", &self.proxies.len())
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// The forward-auth routes: `/auth/{profile}/{audience}` and everything below it, and Envoy's question over
/// gRPC, `envoy.service.auth.v3.Authorization/Check`.
///
/// Serve them through [`crate::http::Server`], which says who is connected: without it, only a proxy
/// with a secret is known.
pub fn router(gate: GateState) -> Router {
    routes(Arc::new(gate))
}

impl Server {
    /// Serves a gate and nothing else on `listener`: the routes of [`router`], and a shorter way for the most
    /// frequent answer, that to a question about a token that is remembered.
    pub fn add_gate(&mut self, listener: Listener, tls: Option<Tls>, gate: GateState) -> &mut Self {
        let gate = Arc::new(gate);
        let quick = QuickGate::new(Arc::clone(&gate));
        self.add_at_once(listener, tls, routes(gate), Arc::new(quick))
    }
}

/// Where questions over HTTP are asked.
const ROUTES: [&str; 3] = [
    "/auth/{profile}/{audience}",
    "/auth/{profile}/{audience}/",
    "/auth/{profile}/{audience}/{*below}",
];

fn routes(gate: Arc<GateState>) -> Router {
    let check = any(check);
    Router::new()
        .route(ROUTES[0], check.clone())
        // A wildcard matches one character or more, so the bare slash needs its own line.
        .route(ROUTES[1], check.clone())
        .route(ROUTES[2], check)
        .route(grpc::PATH, post(grpc::check))
        .with_state(gate)
}

/// What the rules say about `method` and `target` (a path, with or without a query), without a request.
#[must_use]
pub fn explain(rules: &Rules, audience: &Audience, method: &Method, target: &str) -> Decision {
    rules.decide(audience, method, target)
}

async fn check(State(gate): State<Arc<GateState>>, request: Request<Body>) -> Response {
    let (parts, _body) = request.into_parts();
    match gate.decide(&parts) {
        Ok((profile, verified)) => {
            count(profile.as_str(), "allowed");
            allowed(profile, answer::values(&verified), &parts.headers)
        }
        Err(refused) => {
            refused.note();
            answer::refused(refused.into_response())
        }
    }
}

/// Yes, to a question of this profile with these headers.
fn allowed(profile: Profile, values: answer::Values, headers: &HeaderMap) -> Response {
    let mut response = answer::allowed(values);
    if profile == Profile::Envoy {
        Upstream::of(headers).tell(response.headers_mut());
    }
    response
}

fn count(profile: &'static str, decision: &'static str) {
    counter!("tokenward_gate_decisions_total", "profile" => profile, "decision" => decision)
        .increment(1);
}
