//! The API itself: which routes ask for what, and handlers that take verified claims.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tokenward::{ClientId, Clock, InvalidScope, Scope, SessionId};
use tokenward_remote::LiveVerifier;
use tokenward_tower::csrf::Origins;
use tokenward_tower::dpop::Dpop;
use tokenward_tower::headers::SecurityHeaders;
use tokenward_tower::request_id::RequestIds;
use tokenward_tower::step_up::StepUp;
use tokenward_tower::{Claims, ReadUnread, RequireScope, RequireStepUp, VerifyLayer};
use tower::ServiceBuilder;
use tower::layer::util::{Identity, Stack};

use crate::notes::{NoRoom, Note, Notes};

#[cfg(test)]
mod tests;

/// Enough for a note, and too little to fill the memory.
const BODY_LIMIT: usize = 16 * 1024;
/// How long ago the login of somebody who deletes everything may have been.
const YOUNG: Duration = Duration::from_secs(300);

/// What the API is built from.
pub(crate) struct App {
    verify: VerifyLayer,
    notes_read: RequireScope,
    young: RequireStepUp,
    notes: Arc<Notes>,
}

impl App {
    /// Takes tokens that `verifier` accepts, as bearer, as cookie, and bound to a key with its proof.
    pub(crate) fn new(
        verifier: Arc<LiveVerifier>,
        clock: Arc<dyn Clock>,
        origins: Origins,
        dpop: Dpop,
    ) -> Result<Self, InvalidScope> {
        let verify = VerifyLayer::new(verifier, Arc::clone(&clock)).cookies(origins).dpop(dpop);
        let notes_read = RequireScope::new(Scope::parse("notes:read")?);
        let young = RequireStepUp::new(StepUp::new(Some(YOUNG), Scope::empty()), clock);
        Ok(Self { verify, notes_read, young, notes: Arc::default() })
    }

    /// The routes.
    pub(crate) fn router(&self) -> Router {
        let open = Router::new().route("/hello", get(hello)).layer(self.verify.clone().optional());
        let protected = Router::new()
            .route("/whoami", get(whoami))
            .route("/notes", get(list).route_layer(self.notes_read.clone()).post(add))
            .route("/notes/all", delete(forget).route_layer(self.young.clone()))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            // After the routes: it guards what stands above it, 404s of this router included.
            .layer(self.verify.clone())
            .with_state(Arc::clone(&self.notes));
        // Around the others: a refusal of any of them leaves the request's body unread.
        open.merge(protected).layer(ReadUnread::new())
    }
}

/// The layers around everything: the first line is the outermost.
pub(crate) fn outermost(
    dev: bool,
) -> ServiceBuilder<Stack<SecurityHeaders, Stack<RequestIds, Identity>>> {
    let headers = SecurityHeaders::new();
    ServiceBuilder::new().layer(RequestIds::new()).layer(if dev {
        headers.without_hsts()
    } else {
        headers
    })
}

/// Greets whoever calls, by name if there is one.
async fn hello(claims: Option<Claims>) -> Json<Value> {
    let name = claims.map_or_else(|| "world".to_owned(), |claims| claims.subject().to_string());
    Json(json!({ "hello": name }))
}

/// What the service knows about its caller: the claims, never the token.
async fn whoami(Claims(claims): Claims) -> Json<Value> {
    Json(json!({
        "subject": claims.subject().as_str(),
        "session": claims.session_id().map(SessionId::as_str),
        "client_id": claims.client_id().map(ClientId::as_str),
        "scope": claims.scope().to_string(),
        "expires_at": claims.expires_at().as_secs(),
    }))
}

async fn list(State(notes): State<Arc<Notes>>, claims: Claims) -> Json<Vec<Note>> {
    Json(notes.of(claims.subject()))
}

async fn forget(State(notes): State<Arc<Notes>>, claims: Claims) -> StatusCode {
    notes.forget(claims.subject());
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: String,
}

async fn add(
    State(notes): State<Arc<Notes>>,
    claims: Claims,
    Json(NewNote { text }): Json<NewNote>,
) -> Response {
    match notes.add(claims.subject(), text) {
        Ok(note) => (StatusCode::CREATED, Json(note)).into_response(),
        Err(NoRoom) => {
            (StatusCode::INSUFFICIENT_STORAGE, Json(json!({ "error": "no_room" }))).into_response()
        }
    }
}
