//! What an administrator is told when a request was not carried out: a code, and a line with the mend.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use tokenward::{BackendError, BackendErrorKind, ErrorChain, UnixTime};
use tokenward_keys::{FormerError, ImportError, RingError, RotateError};

use super::access::Need;
use super::api::Problem;
use super::keys::ceil_secs;
use crate::authority::KeyActionError;

/// A request that was not carried out.
#[derive(Debug)]
pub(super) struct AdminError {
    status: StatusCode,
    problem: Problem,
}

impl AdminError {
    fn new(status: StatusCode, error: &str, description: impl Into<String>) -> Self {
        let error_description = description.into();
        Self {
            status,
            problem: Problem { error: error.to_owned(), error_description, ripe_at: None },
        }
    }

    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn access_denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", "")
    }

    /// The token is good, and may not do this.
    pub(super) fn lacks(need: Need) -> Self {
        let description = match need {
            Need::Scope(scope) => format!("the token lacks the scope {}", scope.as_str()),
            Need::Socket => "this can be asked at the admin socket alone".to_owned(),
        };
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    pub(super) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", description)
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "the method is not for this")
    }

    pub(super) fn conflict(description: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", description)
    }

    pub(super) fn too_large(description: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", description)
    }

    pub(super) fn not_ripe(until: UnixTime) -> Self {
        let mut error = Self::new(
            StatusCode::CONFLICT,
            "not_ripe",
            format!("no standby is ripe before {until}"),
        );
        error.problem.ripe_at = Some(ceil_secs(until));
        error
    }

    fn outage(description: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
    }

    fn bug(description: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", description)
    }
}

impl IntoResponse for AdminError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.problem)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<BackendError> for AdminError {
    /// The operator may read the cause: it is their own store.
    fn from(error: BackendError) -> Self {
        let chain = ErrorChain::new(&error).to_string();
        tracing::error!(error = chain, "administration: the store failed");
        match error.kind() {
            BackendErrorKind::Conflict => Self::conflict(chain),
            BackendErrorKind::Bug => Self::bug(chain),
            _ => Self::outage(chain),
        }
    }
}

impl From<KeyActionError> for AdminError {
    fn from(error: KeyActionError) -> Self {
        let chain = ErrorChain::new(&error).to_string();
        match error {
            KeyActionError::UnknownAudience(_) => Self::not_found(chain),
            KeyActionError::Rotate(RotateError::NotRipe(not_ripe)) => {
                Self::not_ripe(not_ripe.until)
            }
            KeyActionError::Import(
                ImportError::Known { .. } | ImportError::NotSooner { .. } | ImportError::TooMany,
            )
            | KeyActionError::Former(FormerError::Another | FormerError::Damaged) => {
                Self::conflict(chain)
            }
            KeyActionError::Rotate(RotateError::Ring(error))
            | KeyActionError::Import(ImportError::Ring(error))
            | KeyActionError::Ring(error) => Self::of_ring(&error, chain),
            KeyActionError::Revocations(error)
            | KeyActionError::Former(FormerError::Store(error)) => error.into(),
            KeyActionError::Import(
                ImportError::Symmetric
                | ImportError::EndDate
                | ImportError::OtherEnvironment { .. },
            )
            | KeyActionError::Former(_) => Self::invalid(chain),
            _ => Self::bug(chain),
        }
    }
}

impl AdminError {
    fn of_ring(error: &RingError, chain: String) -> Self {
        if matches!(error, RingError::UnknownKey { .. }) {
            return Self::not_found(chain);
        }
        tracing::error!(error = chain, "administration: the keys could not be changed");
        if error.is_outage() { Self::outage(chain) } else { Self::bug(chain) }
    }
}
