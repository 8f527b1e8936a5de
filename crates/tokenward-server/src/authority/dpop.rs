//! Proofs of possession at the token endpoint (RFC 9449 § 5), and at the routes for who holds a session (§ 7).
//!
//! **Invariants.** A proof is good once, in all replicas that share the store, and with a nonce of ours alone.
//! A session that is bound stays so, to the same key.

use std::time::Duration;

use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use tokenward::{
    BackendError, ErrorChain, IssuerId, Proof, ProofNonce, ProofRequest, ProofVerifier, Reason,
    UnixTime, Verified,
};
use tokenward_tower::dpop::{BadProof, DPOP, DPOP_NONCE, name_of, proof_of};
use tokenward_tower::respond;

use super::Authority;
use super::error::ApiError;
use crate::http::PeerIdentity;

/// For so much longer than it counts a proof is remembered: replicas' clocks differ, and one that is ahead must
/// not forget what one that is behind still takes.
pub(super) const REMEMBERED: Duration = Duration::from_secs(60);

impl Authority {
    /// The proof that came with a request to the token endpoint, or another that takes a refresh token, if one came.
    pub(super) fn proof(
        &self,
        parts: &Parts,
        now: UnixTime,
    ) -> Result<Option<Verified<Proof>>, ApiError> {
        let Some(proof) = proof_of(&parts.headers).map_err(refused)? else { return Ok(None) };
        let verify = |base: &IssuerId| -> Result<_, ApiError> {
            let uri = format!("{base}{}", parts.uri.path());
            let request = ProofRequest::without_token("POST", &uri).map_err(|error| {
                tracing::error!(error = %ErrorChain::new(&error), "no proof can be about our issuer");
                ApiError::server_error()
            })?;
            Ok(self.verify_proof(proof, &request, now))
        };
        // Where a certificate was shown, the client may have gone by the alias or by the issuer's name.
        let alias = self.settings.mtls_url.as_ref();
        let alias = alias.filter(|_| parts.extensions.get::<PeerIdentity>().is_some());
        let mut verdict = verify(&self.settings.issuer)?;
        if let (Err(BadProof::Rejected(rejected)), Some(alias)) = (&verdict, alias)
            && *rejected.reason() == Reason::WrongRequest
        {
            verdict = verify(alias)?;
        }
        verdict.map(Some).map_err(refused)
    }

    /// The proof of a request that shows `token` to a route of our own (RFC 9449 § 7).
    pub(super) fn proof_with_token(
        &self,
        parts: &Parts,
        token: &str,
        now: UnixTime,
    ) -> Result<Verified<Proof>, BadProof> {
        let proof = proof_of(&parts.headers)?.ok_or(BadProof::Missing)?;
        let uri = format!("{}{}", self.settings.issuer, parts.uri.path());
        let request = ProofRequest::with_token(parts.method.as_str(), &uri, token);
        self.verify_proof(proof, &request.map_err(|_| BadProof::UnknownSite)?, now)
    }

    /// A proof counts with a nonce of ours.
    fn verify_proof(
        &self,
        proof: &str,
        request: &ProofRequest<'_>,
        now: UnixTime,
    ) -> Result<Verified<Proof>, BadProof> {
        let given = self.nonces.good(now);
        let given = given.each_ref().map(String::as_str);
        Ok(ProofVerifier::new().verify(proof, request, ProofNonce::OneOf(&given), now)?)
    }

    /// Spends the proof that came with a request to the token endpoint, if one came.
    pub(super) async fn use_proof(
        &self,
        proof: Option<&Verified<Proof>>,
        now: UnixTime,
    ) -> Result<(), ApiError> {
        let Some(proof) = proof else { return Ok(()) };
        if self.spend(proof, now).await? { Ok(()) } else { Err(refused(BadProof::Replayed)) }
    }

    /// Spends a proof; `false` if it was.
    pub(super) async fn spend(
        &self,
        proof: &Verified<Proof>,
        now: UnixTime,
    ) -> Result<bool, BackendError> {
        let until = proof.remember_until().saturating_add(REMEMBERED);
        self.sessions.use_proof(&name_of(proof), until, now).await
    }

    /// `answer` with the nonce for the next proof, if its request is of a client that makes proofs; also a refusal
    /// (RFC 9449 § 8.2).
    pub(super) fn with_nonce(&self, headers: &HeaderMap, mut answer: Response) -> Response {
        if headers.contains_key(DPOP)
            && let Some(nonce) = self.nonce()
        {
            answer.headers_mut().insert(DPOP_NONCE, nonce);
        }
        answer
    }

    /// What whoever shows a token is told of a proof that does not count (RFC 9449 § 7.1, § 9).
    pub(super) fn unproven(&self, why: BadProof) -> Response {
        noted(why);
        let nonce = if why == BadProof::Nonce { self.nonce() } else { None };
        nonce.map_or_else(respond::invalid_dpop_proof, respond::use_dpop_nonce)
    }

    fn nonce(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.nonces.current(self.clock.now())).ok()
    }
}

fn noted(why: BadProof) {
    crate::telemetry::rejected(why.as_str());
    tracing::info!(reason = why.as_str(), "a proof of possession was refused");
}

/// What a client of the token endpoint is told of a proof that does not count (RFC 9449 § 5, § 8).
pub(super) fn refused(why: BadProof) -> ApiError {
    noted(why);
    match why {
        BadProof::Nonce => {
            ApiError::oauth("use_dpop_nonce", "The proof needs the nonce of DPoP-Nonce")
        }
        BadProof::Missing => ApiError::oauth("invalid_dpop_proof", "A DPoP proof is required"),
        _ => ApiError::oauth("invalid_dpop_proof", "Invalid DPoP proof"),
    }
}
