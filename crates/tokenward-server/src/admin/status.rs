//! How the authority is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tokenward_keys::KeyRing;

use super::api::{AudiencePosture, AudienceStatus, Posture, Status};
use crate::Authority;
use crate::settings::{AudienceSettings, WhenStale};

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

pub(super) async fn posture(State(authority): State<Arc<Authority>>) -> Json<Posture> {
    let settings = authority.settings();
    Json(Posture {
        rotate_every: settings.keys.rotate_every.as_secs(),
        clock_error: settings.keys.clock_error.as_secs(),
        max_staleness: settings.revocation.max_staleness.as_secs(),
        accepts_when_stale: matches!(settings.revocation.when_stale, WhenStale::Accept),
        audiences: settings.audiences.iter().map(|one| settings_of(&authority, one)).collect(),
    })
}

fn settings_of(authority: &Authority, audience: &AudienceSettings) -> AudiencePosture {
    let issuer = authority.rings().find(|ring| *ring.audience() == audience.name);
    AudiencePosture {
        name: audience.name.to_string(),
        issuer: issuer.map(|ring| ring.issuer().to_string()).unwrap_or_default(),
        access_lifetime: audience.access_lifetime.as_secs(),
        refresh_lifetime: audience.refresh_lifetime.as_secs(),
        session_lifetime: audience.session_lifetime.as_secs(),
        dpop: audience.dpop.policy.as_str().to_owned(),
        claims: audience.claims.clone(),
        guard_admits: audience.guard_admits.iter().map(|(claim, _)| claim.clone()).collect(),
        origins: audience.origins.clone(),
    }
}
