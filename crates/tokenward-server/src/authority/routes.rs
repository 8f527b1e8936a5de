//! Which request goes where.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::error::ApiError;
use super::{Authority, follow};

impl Authority {
    /// Everything on the public listener (CONTRACT § 3).
    pub fn public_router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/revocations/{audience}/snapshot", get(follow::snapshot))
            .route("/revocations/{audience}/feed", get(follow::feed))
            .fallback(async || ApiError::not_found())
            .method_not_allowed_fallback(async || ApiError::method_not_allowed())
            .with_state(Arc::clone(self))
    }

    /// Why the authority cannot serve at this moment: a line each, none if it can.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        Vec::new()
    }
}
