//! Answers that need neither a body nor waiting.

use std::fmt::Debug;

use axum::response::Response;
use http::request::Parts;

use super::{Peer, PeerIdentity};

/// What is asked before a listener's router: it answers on the spot, or leaves the request to the router.
///
/// It sees requests without a body alone. Whatever it logs is in no request's span, so what is worth a line in
/// the log is the router's.
pub(crate) trait AtOnce: Debug + Send + Sync {
    /// The answer, counted and timed as the router's would be.
    fn answer(
        &self,
        peer: Peer,
        identity: Option<&PeerIdentity>,
        parts: &Parts,
    ) -> Option<Response>;
}
