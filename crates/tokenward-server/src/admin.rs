//! The administrator's door: everything that `tokenward keys`, `sessions`, `revoke` and `services` do.
//!
//! The protocol is [`api`]. The door stands twice: as a Unix socket, where the kernel says who comes, and
//! over TCP, where a token does.
//!
//! **Invariants.** No route is reached without a scope; a route that changes something needs one that
//! says so. Every change, and every knock that was refused, is an event of the target
//! `tokenward::audit` that says who it was.

mod access;
pub mod api;
mod error;
mod keys;
mod request;
mod revocations;
mod services;
mod sessions;
mod status;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{delete, get, post};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use tokenward_sessions::AdminScope;

pub use access::AdminAuth;

use crate::Authority;
use access::{Need, admit, needs};
use error::AdminError;

/// The administration of `authority` for whoever `auth` admits.
///
/// Serve it through [`crate::http::Server`], which says who is connected.
pub fn router(authority: Arc<Authority>, auth: AdminAuth) -> Router {
    let read = Router::new()
        .route("/admin/v1/status", get(status::show))
        .route("/admin/v1/posture", get(status::posture))
        .route("/admin/v1/keys", get(keys::list))
        .route("/admin/v1/keys/history", get(keys::history))
        .route("/admin/v1/keys/jwks", get(keys::jwks))
        .route("/admin/v1/keys/feed", get(keys::feed))
        .route("/admin/v1/keys/rotation", get(keys::rotation))
        .route("/admin/v1/sessions", get(sessions::list))
        .route("/admin/v1/sessions/{id}", get(sessions::show))
        .route("/admin/v1/services", get(services::list));
    let keys = Router::new()
        .route("/admin/v1/keys/rotate", post(keys::rotate))
        .route("/admin/v1/keys/compromise", post(keys::compromise))
        .route("/admin/v1/keys/import", post(keys::import));
    let sessions = Router::new().route("/admin/v1/sessions/revoke", post(sessions::revoke));
    let revocations = Router::new()
        .route("/admin/v1/revocations", post(revocations::revoke))
        .route("/admin/v1/revocations/everything", post(revocations::everything))
        .route("/admin/v1/subjects/token-version", post(revocations::bump_version));
    let services = Router::new()
        .route("/admin/v1/services", post(services::add))
        .route("/admin/v1/services/{name}", delete(services::remove))
        .route("/admin/v1/services/{name}/proof", post(services::set_proof))
        .route("/admin/v1/services/{name}/secret", post(services::rotate_secret));
    let tokens = Router::new()
        .route("/admin/v1/admin-tokens", get(tokens::list).post(tokens::add))
        .route("/admin/v1/admin-tokens/{label}", delete(tokens::remove));
    Router::new()
        .merge(needs(read, Need::Scope(AdminScope::Read)))
        .merge(needs(keys, Need::Scope(AdminScope::Keys)))
        .merge(needs(sessions, Need::Scope(AdminScope::Sessions)))
        .merge(needs(revocations, Need::Scope(AdminScope::Revocations)))
        .merge(needs(services, Need::Scope(AdminScope::Services)))
        // A token that could make tokens would have no end and no scope.
        .merge(needs(tokens, Need::Socket))
        .fallback(async || AdminError::not_found("there is no such place"))
        .method_not_allowed_fallback(async || AdminError::method_not_allowed())
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state((Arc::clone(&authority), auth), admit))
        .layer(map_response(unkept))
        .with_state(authority)
}

/// Some answers hold a new secret, and all are about this moment: nothing on the way may keep them.
async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A full batch of the longest ids is 400 kB.
const BODY_BYTES: usize = 512 * 1_024;
