//! Which request goes where.

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use super::audience::AudienceState;
use super::error::ApiError;
use super::{
    Authority, browser, create, devices, discovery, events, follow, oauth, script, stating, status,
    v1,
};
use crate::gate::{self, GateAudience, GateState};

impl Authority {
    /// Everything on the public listener: `docs/http.md` is its table.
    ///
    /// The server around it adds request ids and security headers.
    pub fn public_router(self: &Arc<Self>) -> Router {
        Router::new()
            .merge(discovery())
            .merge(services())
            .route("/oauth2/token", post(oauth::token))
            .route("/oauth2/revoke", post(oauth::revoke))
            .route("/oauth2/introspect", post(oauth::introspect))
            .route("/session", get(browser::show))
            .route("/session/refresh", post(browser::refresh))
            .route("/session/logout", post(browser::logout))
            .route("/session/devices", get(devices::show).delete(devices::end_others))
            .route("/session/devices/{session}", delete(devices::end))
            .route("/session/tokenward.js", get(script::serve))
            .route("/revocations/{audience}/snapshot", get(follow::snapshot))
            .route("/revocations/{audience}/feed", get(follow::feed))
            .route("/events/{receiver}/poll", post(events::poll))
            .fallback(async || ApiError::not_found())
            .method_not_allowed_fallback(async || ApiError::method_not_allowed())
            .with_state(Arc::clone(self))
            .merge(gate::router(self.gate()))
    }

    /// The forward-auth endpoint in our own process: the same verifiers, no feed in between.
    fn gate(&self) -> GateState {
        let audience = |audience: &Arc<AudienceState>| {
            let verifier = Arc::clone(&audience.verifier);
            let (origins, login) = (audience.origins.clone(), audience.login.clone());
            let dpop = audience.gate_dpop.clone();
            let certificates = audience.certificates;
            (audience.name.clone(), GateAudience { verifier, origins, dpop, certificates, login })
        };
        GateState {
            audiences: self.audiences.values().map(audience).collect(),
            proxies: self.settings.proxies.clone(),
            rules: self.settings.rules.clone(),
            clock: Arc::clone(&self.clock),
            any_local: self.settings.dev,
        }
    }
}

/// What anybody may read. Metadata stands where RFC 8414 § 3.1 puts it, in between, and where OpenID
/// Discovery 1.0 § 4 does, behind; clients differ in which they ask for.
fn discovery() -> Router<Arc<Authority>> {
    let mut router = Router::new()
        .route("/audiences/{audience}/jwks.json", get(discovery::key_set))
        .route("/audiences/{audience}/jwks.jwt", get(stating::signed_key_set))
        .route("/audiences/{audience}/root-chain.json", get(stating::root_chain))
        .route("/audiences/{audience}/historical-keys.json", get(discovery::historical_keys))
        .route("/audiences/{audience}/status", get(status::aggregation))
        .route("/audiences/{audience}/status/{list}", get(status::list));
    for name in ["oauth-authorization-server", "openid-configuration"] {
        router = router
            .route(&format!("/.well-known/{name}/audiences/{{audience}}"), get(discovery::describe))
            .route(
                &format!("/audiences/{{audience}}/.well-known/{name}"),
                get(discovery::describe),
            );
    }
    router
}

fn services() -> Router<Arc<Authority>> {
    Router::new()
        .route("/v1/sessions", post(create::create))
        .route("/v1/sessions/{session}", delete(v1::end))
        .route("/v1/sessions/{session}/private", get(v1::private))
        .route("/v1/subjects/{subject}/sessions", get(devices::list).delete(devices::end_all))
        .route("/v1/subjects/{subject}/token-version", post(v1::bump))
        .route("/v1/revocations", post(v1::revoke))
}
