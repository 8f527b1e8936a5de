//! What a service may do with the passkeys of a subject: see them, and take them away, for somebody who has lost
//! the phone.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use tokenward_sessions::{CredentialId, May, Removal, RemovalBy, Removed};

use super::listed;
use super::manage::credential;
use crate::authority::error::ApiError;
use crate::authority::respond::{done, json_answer};
use crate::authority::segment::Segment;
use crate::authority::v1::{Call, subject_of};
use crate::authority::{Authority, log};

/// `GET /v1/subjects/{sub}/passkeys`.
pub(in crate::authority) async fn list_of(
    State(authority): State<Arc<Authority>>,
    Segment(subject): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let Call { caller, .. } = authority.call(request, May::SubjectsWrite).await?;
    let subject = subject_of(subject)?;
    let found = authority.passkeys.passkeys(&subject, &caller.audiences()).await?;
    let passkeys: Vec<Value> = found
        .iter()
        .map(|passkey| {
            let mut one = listed(passkey);
            if let Some(one) = one.as_object_mut() {
                one.insert("audience".to_owned(), passkey.holder.audience.as_str().into());
            }
            one
        })
        .collect();
    Ok(json_answer(StatusCode::OK, &json!({ "passkeys": passkeys })))
}

/// `DELETE /v1/subjects/{sub}/passkeys`.
pub(in crate::authority) async fn remove_all(
    State(authority): State<Arc<Authority>>,
    Segment(subject): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    authority.remove_of(subject, None, request).await
}

/// `DELETE /v1/subjects/{sub}/passkeys/{id}`. One that is not there is gone, too.
pub(in crate::authority) async fn remove_one(
    State(authority): State<Arc<Authority>>,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Path((subject, id)) = path.map_err(|_| ApiError::not_found())?;
    authority.remove_of(subject, Some(&id), request).await
}

impl Authority {
    async fn remove_of(
        &self,
        subject: String,
        id: Option<&str>,
        request: Request,
    ) -> Result<Response, ApiError> {
        let Call { caller, .. } = self.call(request, May::SubjectsWrite).await?;
        let subject = subject_of(subject)?;
        let id: Option<CredentialId> = id.map(credential).transpose()?;
        let now = self.clock.now();
        let removal = Removal {
            subject: subject.clone(),
            audiences: caller.audiences(),
            id,
            by: RemovalBy::Service,
            now,
            keep_until: self.keep_until(now),
        };
        let Removed::Gone { passkeys, sessions } = self.passkeys.remove(removal).await? else {
            return Err(ApiError::server_error());
        };
        log::passkeys_removed(caller.name().as_str(), &subject, passkeys, sessions);
        self.hub.catch_up().await?;
        Ok(done())
    }
}
