//! Proofs of possession at the token endpoint (RFC 9449 § 5), and what tokens and sessions are bound to.
//!
//! **Invariants.** A proof is good once, in all replicas that share the store, and with a nonce of ours alone.
//! A session that is bound stays so, to the same key.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokenward::Verified;
use tokenward::{ErrorChain, Proof, ProofNonce, ProofRequest, ProofVerifier, Thumbprint, UnixTime};
use tokenward_tower::dpop::{BadProof, DPOP, DpopPolicy, name_of, proof_of};

use super::Authority;
use super::audience::AudienceState;
use super::error::ApiError;

/// For so much longer than it counts a proof is remembered: replicas' clocks differ, and one that is ahead must
/// not forget what one that is behind still takes.
pub(super) const REMEMBERED: Duration = Duration::from_secs(60);

impl Authority {
    /// The proof that came with a request to the token endpoint, if one came.
    pub(super) fn proof(
        &self,
        headers: &HeaderMap,
        now: UnixTime,
    ) -> Result<Option<Verified<Proof>>, ApiError> {
        let Some(proof) = proof_of(headers).map_err(refused)? else { return Ok(None) };
        let uri = format!("{}/oauth2/token", self.settings.issuer);
        let request = ProofRequest::without_token("POST", &uri).map_err(|error| {
            tracing::error!(error = %ErrorChain::new(&error), "no proof can be about our issuer");
            ApiError::server_error()
        })?;
        let given = self.nonces.good(now);
        let given = given.each_ref().map(String::as_str);
        let proof = ProofVerifier::new().verify(proof, &request, ProofNonce::OneOf(&given), now);
        proof.map(Some).map_err(|rejected| refused(rejected.into()))
    }

    /// Spends a proof.
    pub(super) async fn use_proof(
        &self,
        proof: Option<&Verified<Proof>>,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let Some(proof) = proof else { return Ok(()) };
        let until = proof.remember_until().saturating_add(REMEMBERED);
        let fresh = self.sessions.use_proof(&name_of(proof), until, now).await?;
        if fresh { Ok(()) } else { Err(refused(BadProof::Replayed)) }
    }

    /// The nonce for the next proof, if this request is of a client that makes proofs.
    pub(super) fn nonce_for(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let nonce = || HeaderValue::try_from(self.nonces.current(self.clock.now())).ok();
        headers.contains_key(DPOP).then(nonce).flatten()
    }
}

impl AudienceState {
    /// The key that a token is to be bound to, by what the audience asks for; `bound` is the one that its
    /// session is bound to already.
    pub(super) fn bind(
        &self,
        proof: Option<&Verified<Proof>>,
        bound: Option<&Thumbprint>,
    ) -> Result<Option<Thumbprint>, ApiError> {
        match (self.dpop, proof) {
            // To ignore the proof would hand out a token that is not bound, as if it were.
            (DpopPolicy::Off, Some(_)) if bound.is_none() => {
                Err(ApiError::invalid_request("DPoP is off for this audience"))
            }
            (DpopPolicy::Required, None) => Err(refused(BadProof::Missing)),
            (_, proof) => Ok(proof.map(|proof| proof.key_thumbprint().clone())),
        }
    }
}

/// What the client is told of a proof that does not count (RFC 9449 § 5, § 8).
pub(super) fn refused(why: BadProof) -> ApiError {
    crate::telemetry::rejected(why.as_str());
    tracing::info!(reason = why.as_str(), "a proof of possession was refused");
    match why {
        BadProof::Nonce => {
            ApiError::oauth("use_dpop_nonce", "The proof needs the nonce of DPoP-Nonce")
        }
        BadProof::Missing => ApiError::oauth("invalid_dpop_proof", "A DPoP proof is required"),
        _ => ApiError::oauth("invalid_dpop_proof", "Invalid DPoP proof"),
    }
}
