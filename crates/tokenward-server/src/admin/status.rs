//! How the authority is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tokenward_keys::KeyRing;

use super::api::{AudienceStatus, Status};
use crate::Authority;

pub(super) async fn show(State(authority): State<Arc<Authority>>) -> Json<Status> {
    let settings = authority.settings();
    let problems = authority.problems();
    Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        issuer: settings.issuer.to_string(),
        environment: settings.environment.clone(),
        dev: settings.dev,
        now: authority.now().as_secs(),
        ready: problems.is_empty(),
        problems,
        warnings: authority.warnings(),
        audiences: authority.rings().map(|ring| of_audience(&authority, ring)).collect(),
    })
}

fn of_audience(authority: &Authority, ring: &KeyRing) -> AudienceStatus {
    let signer = ring.signer(authority.now()).ok();
    AudienceStatus {
        name: ring.audience().to_string(),
        issuer: ring.issuer().to_string(),
        signing_key: signer.map(|signer| signer.key_id().to_string()),
        published_keys: ring.key_set().keys().len(),
        live_revocations: authority
            .verifier(ring.audience())
            .map_or(0, |verifier| verifier.view().len()),
    }
}
