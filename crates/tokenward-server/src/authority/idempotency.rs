//! `Idempotency-Key`: a request that may be sent again because its answer got lost.
//!
//! The same key with the same body gets the same answer for ten minutes, from the same caller on the same
//! route; with another body it is refused.
//!
//! **Invariant:** the store learns neither key nor body: both are hashed under a key of ours, because a
//! body holds confidential data that could be guessed from a plain hash.

use std::time::Duration;

use http::request::Parts;
use tokenward::crypto::{Secret256, hmac_sha256};
use tokenward::{BackendError, BackendErrorKind, UnixTime};
use tokenward_sessions::Idempotency;

use super::Authority;
use super::body::Read;
use super::client::Caller;
use super::error::ApiError;

/// How long an answer can be had again.
const KEPT: Duration = Duration::from_secs(600);
/// The longest key, in bytes.
const LONGEST: usize = 255;

impl Authority {
    /// What to recognize the request by, if it asks for it; the answer is still to be filled in.
    pub(super) fn idempotency(
        &self,
        caller: &Caller,
        parts: &Parts,
        body: &Read,
        route: &str,
    ) -> Result<Option<Idempotency>, ApiError> {
        let mut keys = parts.headers.get_all("idempotency-key").iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) => return Ok(None),
            (Some(key), None) => key.as_bytes(),
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid_request("Idempotency-Key stands there twice"));
            }
        };
        if key.is_empty() || key.len() > LONGEST || !key.iter().all(u8::is_ascii_graphic) {
            return Err(ApiError::invalid_request(
                "Idempotency-Key: must be 1 to 255 visible ASCII characters",
            ));
        }
        let hash = |parts: [&[u8]; 3]| hmac_sha256(self.request_key().expose(), &framed(&parts));
        Ok(Some(Idempotency {
            key_hash: hash([caller.name().as_str().as_bytes(), route.as_bytes(), key]),
            request_hash: hash([b"", b"", body.bytes()]),
            sealed_answer: Vec::new(),
            ends_at: self.clock.now().saturating_add(KEPT),
        }))
    }

    /// What to recognize a request by that is about `thing`, and says `what` of it, until `until`: whoever asks
    /// next, about the same thing, is the same caller and says the same, or is refused.
    pub(super) fn once(
        &self,
        caller: &Caller,
        kind: &str,
        thing: &[u8],
        what: &[u8],
        until: UnixTime,
    ) -> Idempotency {
        let hash = |parts: [&[u8]; 3]| hmac_sha256(self.request_key().expose(), &framed(&parts));
        Idempotency {
            // No service has an empty name.
            key_hash: hash([b"", kind.as_bytes(), thing]),
            request_hash: hash([caller.name().as_str().as_bytes(), b"", what]),
            sealed_answer: Vec::new(),
            ends_at: until,
        }
    }

    fn request_key(&self) -> Secret256 {
        self.data_key.derive(b"tokenward idempotency v1")
    }

    /// Seals an answer that can be had again by whoever shows the same key.
    pub(super) fn seal_answer(&self, key_hash: &[u8; 32], answer: &[u8]) -> Vec<u8> {
        self.request_key().derive(key_hash).seal(key_hash, answer)
    }

    /// Opens what [`Self::seal_answer`] made.
    pub(super) fn open_answer(&self, key_hash: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
        self.request_key().derive(key_hash).open(key_hash, sealed).map(|bytes| bytes.to_vec())
    }
}

/// A store's conflict, where an idempotency key is the only thing that can be in conflict.
pub(super) fn conflict(error: BackendError) -> ApiError {
    if error.kind() == BackendErrorKind::Conflict { ApiError::key_reused() } else { error.into() }
}

/// Parts, each after its length, so that no two lists of parts read the same.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend(*part);
    }
    out
}
