//! Revoking, one or many at a time.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use tokenward::{InvalidId, Jti, SessionId, Subject};

use super::access::Admin;
use super::api::{
    BumpVersion, BumpedVersion, EndedSessions, MAX_BATCH, Revoke, RevokeEverything, RevokeItem,
    Revoked,
};
use super::error::AdminError;
use super::request::{Input, fence};
use crate::Authority;
use crate::authority::{Target, unbroken};

pub(super) async fn revoke(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<Revoke>,
) -> Result<Json<Revoked>, AdminError> {
    if request.items.is_empty() || request.items.len() > MAX_BATCH {
        return Err(AdminError::invalid(format!("items: send 1 to {MAX_BATCH} at a time")));
    }
    let audiences = fence(&authority, request.audience.as_deref())?;
    // All are read before any is revoked: a mistake in the last must not leave the first half done.
    let targets: Vec<Target> = request
        .items
        .into_iter()
        .zip(1_usize..)
        .map(|(item, number)| {
            target(item).map_err(|error| AdminError::invalid(format!("item {number}: {error}")))
        })
        .collect::<Result<_, _>>()?;
    let revoked = targets.len();
    unbroken(async move {
        let reason = request.reason.as_deref();
        authority.revoke(&targets, audiences.as_deref(), reason, &admin.by).await
    })
    .await?;
    Ok(Json(Revoked { revoked }))
}

pub(super) async fn everything(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<RevokeEverything>,
) -> Result<Json<EndedSessions>, AdminError> {
    let audiences = fence(&authority, request.audience.as_deref())?;
    let ended = unbroken(async move {
        let reason = request.reason.as_deref();
        authority.revoke_everything(audiences.as_deref(), reason, &admin.by).await
    })
    .await?;
    Ok(Json(EndedSessions { ended }))
}

pub(super) async fn bump_version(
    State(authority): State<Arc<Authority>>,
    Extension(admin): Extension<Admin>,
    Input(request): Input<BumpVersion>,
) -> Result<Json<BumpedVersion>, AdminError> {
    let audiences = fence(&authority, request.audience.as_deref())?;
    let subject = Subject::new(request.subject)?;
    let except = request.except_session.map(SessionId::new).transpose()?;
    if let Some(id) = &except
        && !authority.has_session(&subject, id, audiences.as_deref()).await?
    {
        return Err(AdminError::invalid(format!(
            "except_session: the subject has no live session of that id; nothing was revoked (see \
             `tokenward sessions list --subject {subject}`)"
        )));
    }
    let reason = request.reason.as_deref();
    let version =
        authority.bump_version(subject, audiences, except, reason, &admin.by, None).await?;
    Ok(Json(BumpedVersion { token_version: version.get() }))
}

fn target(item: RevokeItem) -> Result<Target, InvalidId> {
    Ok(match item {
        RevokeItem::Jti(id) => Target::Token(Jti::new(id)?),
        RevokeItem::Sid(id) => Target::Session(SessionId::new(id)?),
        RevokeItem::Sub(id) => Target::Subject(Subject::new(id)?),
    })
}
