//! Tokens that are bound to a key, with the proof of it (DPoP, RFC 9449): whoever has stolen the token alone
//! has nothing.
//!
//! ```text
//! Authorization: DPoP token ─┐
//! DPoP: proof ───────────────┴▶ one proof ─▶ this request? ─▶ fresh, token, revoked? ─▶ never used before
//! ```
//!
//! **Invariants.** A token by the scheme `DPoP` counts with its proof alone, and a bound token by no other
//! scheme. A proof counts for the site and path that the client named, at one of the sites that the operator
//! lists: never for a host that the request brings along. What is remembered of proofs is bounded, and where
//! no room is left, the answer is no.

mod nonce;
mod replays;
mod settings;

use std::fmt;
use std::sync::{Arc, LazyLock};

use http::header::{HeaderMap, HeaderName};
use http::{HeaderValue, Method};
use tokenward::crypto::{Secret256, sha256};
use tokenward::{
    Algorithm, CertificateThumbprint, Proof, ProofNonce, ProofRequest, ProofVerifier, Reason,
    Rejected, Shown, UnixTime, Verified,
};
use tokenward_remote::{Judged, LiveVerifier, Refusal};

pub use nonce::Nonces;
pub use settings::DpopSettings;

use self::replays::Replays;

#[cfg(test)]
mod tests;

/// Carries the proof (RFC 9449 § 4.1).
pub const DPOP: HeaderName = HeaderName::from_static("dpop");

/// Carries a nonce for the next proof (RFC 9449 § 8.2).
pub const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Why a proof does not count. The client is told which of two it is: that it needs a nonce, or that the proof
/// is not good.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadProof {
    /// There is none.
    #[error("no proof")]
    Missing,
    /// There are two headers, or one that is no text (RFC 9449 § 4.3, check 1).
    #[error("no single proof")]
    Repeated,
    /// It is for no site that is known to be ours.
    #[error("a proof for a site that is not listed")]
    UnknownSite,
    /// It is not good for this request.
    #[error("a proof that is not good")]
    Rejected(#[source] Rejected),
    /// It was used before.
    #[error("a proof that was used before")]
    Replayed,
    /// It would be good with a nonce of ours.
    #[error("a proof without a nonce of ours")]
    Nonce,
}

impl BadProof {
    /// The reason as a metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "no_proof",
            Self::Repeated => "two_proofs",
            Self::UnknownSite => "proof_for_unknown_site",
            Self::Rejected(rejected) => rejected.reason().as_str(),
            Self::Replayed => "proof_replayed",
            Self::Nonce => "proof_without_nonce",
        }
    }
}

impl From<Rejected> for BadProof {
    fn from(rejected: Rejected) -> Self {
        if *rejected.reason() == Reason::WrongNonce {
            Self::Nonce
        } else {
            Self::Rejected(rejected)
        }
    }
}

/// The one proof in `headers`, not yet verified; `None` without the header.
pub fn proof_of(headers: &HeaderMap) -> Result<Option<&str>, BadProof> {
    let mut lines = headers.get_all(DPOP).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    match (line.to_str(), lines.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(BadProof::Repeated),
    }
}

/// What a proof is remembered by, so that it is used once (RFC 9449 § 11.1): its key and its `jti`.
#[must_use]
pub fn name_of(proof: &Proof) -> [u8; 32] {
    // A thumbprint is always of the same length, so that no two pairs make the same text.
    sha256(format!("{}{}", proof.key_thumbprint(), proof.token_id()).as_bytes())
}

/// The algorithms that proofs may have, by name, for metadata and challenges (RFC 9449 § 5.1, § 7.1).
#[must_use]
pub fn algorithms() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let asymmetric = Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric());
        asymmetric.map(Algorithm::as_str).collect()
    });
    &NAMES
}

/// Takes bound tokens for one audience. Clones share what is remembered.
#[derive(Clone)]
pub struct Dpop {
    proofs: ProofVerifier,
    /// In the form of an `Origin`.
    sites: Arc<[String]>,
    any_site: bool,
    required: bool,
    nonces: Option<Arc<Nonces>>,
    used: Arc<Replays>,
}

/// No site, or one that is no origin.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no site; write for example \"https://api.example.com\"")]
#[non_exhaustive]
pub struct InvalidSite(pub String);

/// A request as the client sent it.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks must say all of it")]
pub struct Asked<'r> {
    /// Its method.
    pub method: &'r Method,
    /// The site that it went to, if a proxy that is believed tells it.
    pub site: Option<&'r str>,
    /// Its path, with or without a query.
    pub target: &'r str,
    /// Its headers.
    pub headers: &'r HeaderMap,
    /// The certificate of its client, if that counts here: a token may be bound to both.
    pub certificate: Option<&'r CertificateThumbprint>,
}

/// Why a bound token was not accepted.
#[derive(Debug, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "each has an answer of its own")]
pub enum DpopRefused {
    /// The proof does not count. The token was not read.
    #[error(transparent)]
    Proof(#[from] BadProof),
    /// The token is bad, or nothing can be said just now.
    #[error(transparent)]
    Token(#[from] Refusal),
    /// So many proofs are remembered that there is no room for one more. Answer 503.
    #[error("no room to remember a proof")]
    Full,
}

impl Dpop {
    /// Takes proofs for requests to `sites`, each an origin as clients name it: `https://api.example.com`.
    ///
    /// ```
    /// let dpop = tokenward_tower::dpop::Dpop::new(["https://api.example.com"])?;
    /// # Ok::<(), tokenward_tower::dpop::InvalidSite>(())
    /// ```
    pub fn new<S: Into<String>>(sites: impl IntoIterator<Item = S>) -> Result<Self, InvalidSite> {
        let sites: Vec<_> =
            sites.into_iter().map(|site| normal(site.into())).collect::<Result<_, _>>()?;
        Ok(Self {
            proofs: ProofVerifier::new(),
            sites: sites.into(),
            any_site: false,
            required: false,
            nonces: None,
            used: Arc::new(Replays::default()),
        })
    }

    /// Where no site is listed, takes the one that the proxy tells. For development alone: that may be any that
    /// its client has named.
    #[must_use]
    pub fn any_site(self) -> Self {
        Self { any_site: self.sites.is_empty(), ..self }
    }

    /// Refuses tokens that are bound to no key.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Asks for a nonce that this server, or another with the same `key`, gave out in the last minutes
    /// (RFC 9449 § 9): a proof that was made ahead is then worth nothing.
    #[must_use]
    pub fn nonces(self, key: &Secret256) -> Self {
        Self { nonces: Some(Arc::new(Nonces::new(key))), ..self }
    }

    /// Whether tokens that are bound to no key are refused.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// The value of `DPoP-Nonce` for the next proof, if there are nonces.
    #[must_use]
    pub fn nonce(&self, now: UnixTime) -> Option<HeaderValue> {
        self.nonces.as_ref().and_then(|nonces| HeaderValue::try_from(nonces.current(now)).ok())
    }

    /// What `verifier` says of `token`, which came by the scheme `DPoP`.
    pub fn verify(
        &self,
        token: &str,
        asked: Asked<'_>,
        verifier: &LiveVerifier,
        now: UnixTime,
    ) -> Result<Judged, DpopRefused> {
        // As everywhere: who cannot judge says so before anything is read.
        verifier.fresh(now).map_err(Refusal::from)?;
        let proof = self.proof(token, asked, now)?;
        let shown = Shown::from(asked.certificate).proof(&proof);
        let judged = verifier.verify_shown(token, shown, now)?;
        // Last, so that only the holder of a good token can fill the memory.
        match self.used.remember(&name_of(&proof), proof.remember_until(), now) {
            Some(true) => Ok(judged),
            Some(false) => Err(BadProof::Replayed.into()),
            None => Err(DpopRefused::Full),
        }
    }

    fn proof(
        &self,
        token: &str,
        asked: Asked<'_>,
        now: UnixTime,
    ) -> Result<Verified<Proof>, BadProof> {
        let header = proof_of(asked.headers)?.ok_or(BadProof::Missing)?;
        let given = self.nonces.as_ref().map(|nonces| nonces.good(now));
        let given = given.as_ref().map(|given| given.each_ref().map(String::as_str));
        let nonce = given.as_ref().map_or(ProofNonce::NotUsed, |given| ProofNonce::OneOf(given));
        // The rest of an address, were it no path, could change the host in front of it.
        if !asked.target.starts_with('/') {
            return Err(BadProof::UnknownSite);
        }
        let told = |site: &&str| asked.site.is_none_or(|told| told == *site);
        let any = asked.site.filter(|_| self.any_site);
        let sites = self.sites.iter().map(String::as_str).filter(told).chain(any);
        let request = |site: &str| {
            let uri = format!("{site}{}", asked.target);
            ProofRequest::with_token(asked.method.as_str(), &uri, token)
        };
        let requests: Vec<_> =
            sites.map(request).collect::<Result<_, _>>().map_err(|_| BadProof::UnknownSite)?;
        if requests.is_empty() {
            return Err(BadProof::UnknownSite);
        }
        self.proofs.verify_any(header, &requests, nonce, now).map_err(BadProof::from)
    }
}

impl fmt::Debug for Dpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dpop")
            .field("sites", &self.sites)
            .field("required", &self.required)
            .field("nonces", &self.nonces.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A site in the form of an `Origin`.
fn normal(site: String) -> Result<String, InvalidSite> {
    let request = ProofRequest::without_token("GET", &site);
    let is_bare =
        site.bytes().filter(|byte| *byte == b'/').count() == 2 && !site.contains(['?', '#', '%']);
    match request {
        Ok(request) if is_bare => Ok(request.uri().trim_end_matches('/').to_owned()),
        _ => Err(InvalidSite(site)),
    }
}
