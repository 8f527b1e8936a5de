//! Revoking, one or many at a time.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use tokenward::{InvalidId, Jti, SessionId, Subject};

use super::access::Admin;
use super::api::{MAX_BATCH, Revoke, RevokeItem, Revoked};
use super::error::AdminError;
use super::request::{Input, fence};
use crate::Authority;
use crate::authority::Target;

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
    let reason = request.reason.as_deref();
    authority.revoke(&targets, audiences.as_deref(), reason, &admin.by).await?;
    Ok(Json(Revoked { revoked: targets.len() }))
}

fn target(item: RevokeItem) -> Result<Target, InvalidId> {
    Ok(match item {
        RevokeItem::Jti(id) => Target::Token(Jti::new(id)?),
        RevokeItem::Sid(id) => Target::Session(SessionId::new(id)?),
        RevokeItem::Sub(id) => Target::Subject(Subject::new(id)?),
    })
}
