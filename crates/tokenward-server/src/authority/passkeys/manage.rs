//! The passkeys of whoever asks: which there are, what they are called, and how one goes.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use tokenward_sessions::{CredentialId, PasskeyName, Purpose, Removal, RemovalBy, Removed};

use super::holder::Asking;
use super::{Refused, listed};
use crate::authority::error::ApiError;
use crate::authority::json::invalid;
use crate::authority::respond::{done, json_answer};
use crate::authority::segment::Segment;
use crate::authority::{Authority, log};

/// `GET /session/passkeys`.
pub(in crate::authority) async fn list(
    State(authority): State<Arc<Authority>>,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, _) = request.into_parts();
    let session = authority.session_of(&parts).await?;
    let passkeys = authority.passkeys_of(&session.passkey_holder()).await?;
    let passkeys: Vec<Value> = passkeys.iter().map(listed).collect();
    Ok(json_answer(StatusCode::OK, &json!({ "passkeys": passkeys })))
}

/// `PATCH /session/passkeys/{id}`: another name.
pub(in crate::authority) async fn rename(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let Asking { session, body, .. } = authority.asking(&parts, body).await?;
    let mut fields = body.json()?;
    let name = PasskeyName::new(fields.required("name")?);
    let name = name.map_err(|error| invalid("name", error))?;
    fields.done()?;
    let id = credential(&id)?;
    let renamed = authority.passkeys.rename(&session.passkey_holder(), &id, &name).await?;
    if renamed { Ok(done()) } else { Err(ApiError::not_found().into()) }
}

/// `POST /session/passkeys/{id}/challenge`: what an enrolled passkey is to sign, so that this one goes.
pub(in crate::authority) async fn removal_challenge(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let Asking { site, session, now, .. } = authority.asking(&parts, body).await?;
    let id = credential(&id)?;
    let passkeys = authority.passkeys_of(&session.passkey_holder()).await?;
    if passkeys.iter().all(|passkey| passkey.id != id) {
        return Err(ApiError::not_found().into());
    }
    let options = authority.to_sign(site, Purpose::Remove(&id), &session, &passkeys, now);
    Ok(json_answer(StatusCode::OK, &json!({ "publicKey": options })))
}

/// `DELETE /session/passkeys/{id}`: the passkey goes, and with it every session that it was the last to sign for.
pub(in crate::authority) async fn remove(
    State(authority): State<Arc<Authority>>,
    Segment(id): Segment,
    request: Request,
) -> Result<Response, Refused> {
    let (parts, body) = request.into_parts();
    let Asking { session, body, now, .. } = authority.asking(&parts, body).await?;
    let mut fields = body.optional_json()?;
    let assertion = fields.object("assertion")?;
    fields.done()?;
    let id = credential(&id)?;
    let asserted = authority.check_assertion(&assertion, Purpose::Remove(&id), &session, now).await;
    let allowed_by = asserted.map_err(|error| Refused::of_step_up(error, &session))?;
    let removal = Removal {
        subject: session.subject.clone(),
        audiences: vec![session.audience.clone()],
        id: Some(id),
        by: RemovalBy::Holder { session: session.id.clone(), allowed_by },
        now,
        keep_until: authority.keep_until(now),
    };
    match authority.passkeys.remove(removal).await? {
        Removed::Gone { passkeys: 0, .. } => Err(ApiError::not_found().into()),
        Removed::Gone { passkeys, sessions } => {
            log::passkeys_removed("holder", &session.subject, passkeys, sessions);
            authority.hub.catch_up().await?;
            Ok(done())
        }
        Removed::Refused(why) => Err(authority.misused(why, &session).await?),
        _ => Err(ApiError::server_error().into()),
    }
}

/// What is no id names nothing.
pub(super) fn credential(text: &str) -> Result<CredentialId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}
