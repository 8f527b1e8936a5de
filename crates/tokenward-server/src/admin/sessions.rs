//! Sessions: list, show, end.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;
use tokenward::{SessionId, Subject, UnixTime};
use tokenward_sessions::{EndReason, Session, SessionFilter};

use super::access::Admin;
use super::api::{EndSessions, EndedSessions, MAX_PAGE, SessionInfo, SessionPage};
use super::error::AdminError;
use super::request::{Filter, Input, fence};
use crate::Authority;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    subject: Option<String>,
    audience: Option<String>,
    #[serde(default)]
    all: bool,
    after: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
    Filter(listing): Filter<Listing>,
) -> Result<Json<SessionPage>, AdminError> {
    let filter = SessionFilter {
        subject: listing.subject.map(Subject::new).transpose()?,
        audiences: fence(&authority, listing.audience.as_deref())?,
        live_at: (!listing.all).then(|| authority.now()),
    };
    let limit = listing.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let after = listing.after.map(SessionId::new).transpose()?;
    let found = authority.sessions().list(&filter, limit, after.as_ref()).await?;
    let full = found.len() >= limit;
    Ok(Json(SessionPage {
        next_after: found.last().filter(|_| full).map(|session| session.id.to_string()),
        sessions: found.iter().map(info).collect(),
    }))
}

pub(super) async fn show(
    State(authority): State<Arc<Authority>>,
    Path(id): Path<String>,
) -> Result<Json<SessionInfo>, AdminError> {
    let found = authority.sessions().session(&SessionId::new(id)?).await?;
    let found = found.ok_or_else(|| AdminError::not_found("there is no such session"))?;
    Ok(Json(info(&found)))
}

pub(super) async fn revoke(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<EndSessions>,
) -> Result<Json<EndedSessions>, AdminError> {
    let audiences = fence(&authority, request.audience.as_deref())?;
    let (audiences, why) = (audiences.as_deref(), EndReason::Administrator);
    let except = request.except_session.map(SessionId::new).transpose()?;
    let ended = match (request.session_id, request.subject) {
        (Some(_), None) if except.is_some() => {
            return Err(AdminError::invalid("except_session goes with a subject"));
        }
        (Some(id), None) => {
            let id = SessionId::new(id)?;
            u64::from(authority.end_session(&id, audiences, why, &admin.by).await?)
        }
        (None, Some(subject)) => {
            let subject = Subject::new(subject)?;
            authority.end_sessions(&subject, audiences, except.as_ref(), why, &admin.by).await?
        }
        _ => return Err(AdminError::invalid("name either a session_id or a subject")),
    };
    Ok(Json(EndedSessions { ended }))
}

fn info(session: &Session) -> SessionInfo {
    SessionInfo {
        session_id: session.id.to_string(),
        subject: session.subject.to_string(),
        audience: session.audience.to_string(),
        client_id: session.client_id.to_string(),
        scope: session.scope.to_string(),
        device: session.device.clone(),
        delivery: session.delivery.to_string(),
        dpop_jkt: session.bound_to.as_ref().map(ToString::to_string),
        created_at: session.created_at.as_secs(),
        last_used_at: session.last_used_at.as_secs(),
        ends_at: session.ends_at.as_secs(),
        ended_at: session.ended.map(|ended| ended.at).map(UnixTime::as_secs),
        ended_why: session.ended.map(|ended| ended.why.to_string()),
    }
}
