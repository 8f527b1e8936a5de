//! Bodies, queries and names of requests, read strictly.

use std::sync::Arc;

use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokenward::{Audience, InvalidId};

use super::error::AdminError;
use crate::Authority;

/// A body that is a `T` as JSON, and nothing more.
pub(super) struct Input<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = AdminError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AdminError> {
        let kind = request.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
        // A form or plain text is what another site's page can send without being asked.
        if !kind.is_some_and(|kind| kind.starts_with(b"application/json")) {
            return Err(AdminError::invalid("the Content-Type must be application/json"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| unreadable(&error))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| malformed(&error))
    }
}

/// A query that is a `T`, and nothing more.
pub(super) struct Filter<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filter<T> {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AdminError> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| AdminError::invalid(error.body_text()))
    }
}

/// `?audience=A`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfAudience {
    pub(super) audience: Option<String>,
}

/// The audience called `name`, which the authority must mint for.
pub(super) fn audience(authority: &Arc<Authority>, name: &str) -> Result<Audience, AdminError> {
    let known = Audience::new(name).ok().filter(|audience| authority.ring(audience).is_some());
    known.ok_or_else(|| {
        let names: Vec<_> = authority.rings().map(|ring| ring.audience().as_str()).collect();
        AdminError::invalid(format!(
            "audience: there is none of that name, but {}",
            names.join(", ")
        ))
    })
}

/// The fence of one audience, if one is given.
pub(super) fn fence(
    authority: &Arc<Authority>,
    name: Option<&str>,
) -> Result<Option<Vec<Audience>>, AdminError> {
    name.map(|name| Ok(vec![audience(authority, name)?])).transpose()
}

impl From<InvalidId> for AdminError {
    fn from(error: InvalidId) -> Self {
        Self::invalid(error.to_string())
    }
}

fn unreadable(rejection: &BytesRejection) -> AdminError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        AdminError::too_large("the body is over 512 KiB")
    } else {
        AdminError::invalid("the body did not arrive whole")
    }
}

fn malformed(error: &serde_json::Error) -> AdminError {
    let text = error.to_string();
    // These name a member. The others may quote a value, which may be a key.
    let harmless = ["unknown field", "missing field", "duplicate field", "unknown variant"];
    if harmless.iter().any(|start| text.starts_with(start)) {
        return AdminError::invalid(text);
    }
    let (line, column) = (error.line(), error.column());
    AdminError::invalid(format!("the body is not what belongs here (line {line}, column {column})"))
}
