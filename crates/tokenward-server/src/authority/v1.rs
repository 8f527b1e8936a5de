//! `/v1/*`: what services ask of the authority.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::json;
use tokenward::{Audience, Jti, SessionId, Subject};
use tokenward_sessions::{EndReason, Idempotency, May};

use super::body::Read;
use super::client::Caller;
use super::error::ApiError;
use super::json::{Fields, invalid};
use super::ops::{Target, unbroken};
use super::respond::{done, json_answer};
use super::segment::Segment;
use super::{Authority, body, log};

/// A service's call: who it is, and its body.
pub(super) struct Call {
    pub(super) caller: Caller,
    pub(super) parts: Parts,
    pub(super) body: Read,
}

impl Authority {
    /// Authenticates the service behind a call, checks that it may do `what`, and reads the body.
    pub(super) async fn call(&self, request: Request, what: May) -> Result<Call, ApiError> {
        let (parts, body) = request.into_parts();
        let caller = self.service(&parts).await?;
        caller.require(what)?;
        let body = body::read(&parts.headers, body, self.settings.limits.body_bytes).await?;
        Ok(Call { caller, parts, body })
    }
}

/// `DELETE /v1/sessions/{sid}`: logs one device out. A session that is not there has ended, too.
pub(super) async fn end(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, .. } = authority.call(request, May::SessionsWrite).await?;
    let id = session_of(id)?;
    let (audiences, by) = (caller.audiences(), caller.name().as_str());
    authority.end_session(&id, Some(&audiences), EndReason::Service, by).await?;
    Ok(done())
}

/// `GET /v1/sessions/{sid}/private`: the confidential data kept beside a live session.
pub(super) async fn private(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, .. } = authority.call(request, May::SessionsPrivate).await?;
    let id = session_of(id)?;
    let session = authority.sessions.session(&id).await?;
    let live = session.is_some_and(|session| {
        caller.serves(&session.audience) && session.is_live(authority.clock.now())
    });
    let sealed = if live { authority.sessions.private(&id).await? } else { None };
    let Some(sealed) = sealed else { return Err(ApiError::not_found()) };
    let private = authority.open_private(&id, &sealed)?;
    log::private_read(caller.name(), &id);
    Ok(json_answer(StatusCode::OK, &json!({"private": private})))
}

/// `POST /v1/subjects/{sub}/token-version`: ends every older token and session of a subject.
pub(super) async fn bump(
    State(authority): State<Arc<Authority>>,
    Segment(subject): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, parts, body } = authority.call(request, May::SubjectsWrite).await?;
    let subject = subject_of(subject)?;
    let mut fields = body.optional_json()?;
    let except = fields.text("except_session")?.map(session_of).transpose()?;
    fields.done()?;
    let route = format!("POST /v1/subjects/{subject}/token-version");
    let idempotency = authority.idempotency(&caller, &parts, &body, &route)?.map(|key| {
        // Which version it was is kept by the store itself.
        Idempotency { sealed_answer: Vec::new(), ..key }
    });
    let (audiences, by) = (caller.audiences(), caller.name().as_str());
    if let Some(id) = &except
        && !authority.has_session(&subject, id, Some(&audiences)).await?
    {
        return Err(invalid("except_session", "is no live session of the subject"));
    }
    let version = authority
        .bump_version(subject, Some(audiences), except, None, by, idempotency)
        .await
        .map_err(super::idempotency::conflict)?;
    Ok(json_answer(StatusCode::OK, &json!({"token_version": version.get()})))
}

/// `POST /v1/revocations`: refuses a token, a session or a subject from now on.
pub(super) async fn revoke(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, body, .. } = authority.call(request, May::RevocationsWrite).await?;
    let mut fields = body.json()?;
    let reason = fields.text("reason")?;
    let target = target(&mut fields)?;
    fields.done()?;
    unbroken(async move {
        let (audiences, by) = (caller.audiences(), caller.name().as_str());
        authority.revoke(&[target], Some(&audiences), reason.as_deref(), by).await
    })
    .await?;
    Ok(done())
}

fn target(fields: &mut Fields) -> Result<Target, ApiError> {
    let jti = fields.text("jti")?;
    let sid = fields.text("sid")?;
    let sub = fields.text("sub")?;
    match (jti, sid, sub) {
        (Some(id), None, None) => {
            Jti::new(id).map(Target::Token).map_err(|error| invalid("jti", error))
        }
        (None, Some(id), None) => session_of(id).map(Target::Session),
        (None, None, Some(subject)) => subject_of(subject).map(Target::Subject),
        _ => Err(ApiError::invalid_request("exactly one of jti, sid and sub is required")),
    }
}

pub(super) fn subject_of(text: String) -> Result<Subject, ApiError> {
    Subject::new(text).map_err(|error| invalid("subject", error))
}

pub(super) fn session_of(text: String) -> Result<SessionId, ApiError> {
    SessionId::new(text).map_err(|error| invalid("session_id", error))
}

pub(super) fn audience_of(text: String) -> Result<Audience, ApiError> {
    Audience::new(text).map_err(|error| invalid("audience", error))
}
