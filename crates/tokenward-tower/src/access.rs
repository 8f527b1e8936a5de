//! The one decision about a request: who it is from, or why it may not go on.
//!
//! The layer asks [`Access::decide`]. The gate takes the same steps in the same order by itself, since a proxy
//! tells it of the request; it shares [`Refused`] for what came by the scheme `DPoP`.
//!
//! **Invariant:** the steps stand in the order in which they may fail without saying anything about the
//! token: which token (400), whose request (403), is the verifier fresh (503), is the token good (401).

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, Uri};
use tokenward::{AccessClaims, CertificateThumbprint, Clock, Reason, Rejected, Shown, Verified};
use tokenward_remote::{LiveVerifier, Refusal};
use tokenward_revocation::Stale;

use crate::binding::BindingPolicy;
use crate::credentials::{self, By, Malformed};
use crate::csrf::{self, CsrfRefused, Origins};
use crate::dpop::{Asked, BadProof, Dpop, DpopRefused};
use crate::respond;
use crate::step_up::StepUp;

/// Decides about requests for one audience.
#[derive(Clone)]
pub struct Access {
    verifier: Arc<LiveVerifier>,
    clock: Arc<dyn Clock>,
    cookies: Option<Origins>,
    dpop: Option<Dpop>,
    certificates: BindingPolicy,
}

impl Access {
    /// Takes bearer tokens that `verifier` accepts. Cookies are not looked at.
    #[must_use]
    pub fn new(verifier: Arc<LiveVerifier>, clock: Arc<dyn Clock>) -> Self {
        let certificates = BindingPolicy::Off;
        Self { verifier, clock, cookies: None, dpop: None, certificates }
    }

    /// Takes the access cookie too, and sealed tokens with their key in a cookie, and changes by cookie from this origin and from `origins`.
    #[must_use]
    pub fn cookies(self, origins: Origins) -> Self {
        Self { cookies: Some(origins), ..self }
    }

    /// Takes tokens that are bound to a key too, with their proofs (RFC 9449).
    #[must_use]
    pub fn dpop(self, dpop: Dpop) -> Self {
        Self { dpop: Some(dpop), ..self }
    }

    /// Takes tokens that are bound to client certificates too (RFC 8705), or these alone.
    #[must_use]
    pub fn certificates(self, certificates: BindingPolicy) -> Self {
        Self { certificates, ..self }
    }

    /// Whether cookies are looked at.
    #[must_use]
    pub fn reads_cookies(&self) -> bool {
        self.cookies.is_some()
    }

    /// Who the request is from. Behind a proxy, `method` and `uri` are the original ones; of `uri`, the path
    /// alone counts. `certificate` is the client's, of the connection that the request came by.
    pub fn decide(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        certificate: Option<&CertificateThumbprint>,
    ) -> Result<Granted, Refused> {
        let presented = match &self.cookies {
            Some(_) => credentials::extract(headers)?,
            None => credentials::authorization(headers)?,
        };
        let presented = presented.filter(|it| self.dpop.is_some() || it.by != By::Dpop);
        let Some(presented) = presented else {
            return Err(self.without_credentials(method, headers));
        };
        if let (By::Cookie | By::Sealed, Some(origins)) = (presented.by, &self.cookies) {
            csrf::check(method, headers, origins)?;
        }
        let now = self.clock.now();
        let certificate = self.certificates.certificate(certificate);
        let judged = match (&self.dpop, presented.by) {
            (Some(dpop), By::Dpop) => {
                let asked = Asked { method, site: None, target: uri.path(), headers, certificate };
                let judged = dpop.verify(presented.token, asked, &self.verifier, now);
                let judged =
                    judged.map_err(|refused| Refused::of_bound(refused, dpop.nonce(now)))?;
                self.certificates.check_certificate(&judged).map_err(Refused::BoundRejected)?;
                judged
            }
            (dpop, _) => {
                let judged = presented.verify(&self.verifier, Shown::from(certificate), now)?;
                if dpop.as_ref().is_some_and(Dpop::is_required) {
                    return Err(Refused::Rejected(Reason::NotBound.into()));
                }
                self.certificates.check_certificate(&judged).map_err(Refused::Rejected)?;
                judged
            }
        };
        let revocation_age = judged.revocation_age();
        Ok(Granted { claims: judged.into_verified(), by: presented.by, revocation_age })
    }

    fn without_credentials(&self, method: &Method, headers: &HeaderMap) -> Refused {
        if self.reads_cookies() && respond::is_link_from_another_site(method, headers) {
            Refused::LinkFromAnotherSite
        } else if self.dpop.is_some() {
            Refused::NoProvenCredentials
        } else {
            Refused::NoCredentials
        }
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("cookies", &self.cookies)
            .field("dpop", &self.dpop)
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

/// A request with a good token.
#[derive(Debug)]
#[non_exhaustive]
pub struct Granted {
    /// The claims, verified.
    pub claims: Verified<AccessClaims>,
    /// How the token came.
    pub by: By,
    /// How old what is known of revocations was; see [`tokenward_remote::Judged::revocation_age`].
    pub revocation_age: Option<Duration>,
}

/// Why a request may not go on. The caller sees [`Refused::response`] and nothing else of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// No token was presented.
    #[error("no credentials")]
    NoCredentials,
    /// No token was presented, where one that is bound to a key would do too.
    #[error("no credentials")]
    NoProvenCredentials,
    /// A token by the scheme `DPoP`, with a proof that does not count.
    #[error("proof of possession rejected")]
    Proof(#[source] BadProof),
    /// The proof would count with this nonce.
    #[error("proof of possession without a nonce of ours")]
    ProofNonce(HeaderValue),
    /// The proof counts, but the token that came by the scheme `DPoP` is not good.
    #[error("bound token rejected")]
    BoundRejected(#[source] Rejected),
    /// No more proofs can be remembered just now.
    #[error("no room to remember a proof")]
    ProofsFull,
    /// No cookie, but the browser may merely have kept it back: the page that reloads itself.
    #[error("a link from another site, without cookies")]
    LinkFromAnotherSite,
    /// More than one token, or one of open meaning.
    #[error("malformed credentials")]
    Malformed(#[from] Malformed),
    /// A change by cookie that another site may have asked for.
    #[error("cross-site request")]
    Csrf(#[from] CsrfRefused),
    /// The token is not good.
    #[error("token rejected")]
    Rejected(#[source] Rejected),
    /// The verifier knows too little to judge any token. This one was not read.
    #[error("tokens cannot be verified just now")]
    Unavailable(#[source] Stale),
    /// The token is good, but the login behind it is too old or too weak.
    #[error("insufficient user authentication")]
    StepUp {
        /// What it takes.
        step_up: Box<StepUp>,
        /// Whether the token is bound to a key.
        bound: bool,
    },
    /// The token is good but lacks a scope.
    #[error("insufficient scope")]
    Scope {
        /// The scope.
        scope: Box<str>,
        /// Whether the token is bound to a key.
        bound: bool,
    },
    /// The route is behind no [`crate::VerifyLayer`], so nobody was asked for a token.
    #[error("this route is behind no VerifyLayer, so it answers nobody; add the layer")]
    NoLayer,
}

impl Refused {
    /// The reason as a metric label; every value is from a fixed list.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoCredentials | Self::NoProvenCredentials => "no_credentials",
            Self::Proof(bad) => bad.as_str(),
            Self::ProofNonce(_) => BadProof::Nonce.as_str(),
            Self::ProofsFull => "proofs_full",
            Self::LinkFromAnotherSite => "link_from_another_site",
            Self::Malformed(malformed) => malformed.as_str(),
            Self::Csrf(refused) => refused.as_str(),
            Self::Rejected(rejected) | Self::BoundRejected(rejected) => rejected.reason().as_str(),
            Self::Unavailable(_) => "unavailable",
            Self::StepUp { .. } => "insufficient_user_authentication",
            Self::Scope { .. } => "insufficient_scope",
            Self::NoLayer => "no_layer",
        }
    }

    /// Writes the reason to the log and counts it in `tokenward_rejected_total{reason}`.
    ///
    /// The log line stands in the span of [`crate::RequestIds`], which has the request id.
    pub fn record(&self) {
        let reason = self.reason();
        metrics::counter!("tokenward_rejected_total", "reason" => reason).increment(1);
        match self {
            // What every crawler and every first visit does is no news.
            Self::NoCredentials | Self::NoProvenCredentials | Self::LinkFromAnotherSite => {
                tracing::debug!(reason, "request refused");
            }
            Self::Rejected(rejected)
            | Self::BoundRejected(rejected)
            | Self::Proof(BadProof::Rejected(rejected)) => {
                // A reason of the core's own making: it holds nothing that came with the token.
                let detail = rejected.reason();
                tracing::info!(reason, %detail, "request refused");
            }
            Self::NoLayer => tracing::error!(reason, "{self}"),
            Self::Unavailable(stale) => {
                tracing::warn!(reason, detail = %stale, "request refused");
            }
            _ => tracing::info!(reason, "request refused"),
        }
    }

    /// The answer, which does not depend on the reason beyond the kinds of [`respond`].
    #[must_use]
    pub fn response(&self) -> Response {
        match self {
            Self::NoCredentials => respond::no_credentials(),
            Self::NoProvenCredentials => respond::no_proven_credentials(),
            Self::Proof(_) => respond::invalid_dpop_proof(),
            Self::ProofNonce(nonce) => respond::use_dpop_nonce(nonce.clone()),
            Self::BoundRejected(_) => respond::invalid_bound_token(),
            Self::LinkFromAnotherSite => respond::reload_page(),
            Self::Malformed(_) => respond::invalid_request(),
            Self::Csrf(_) => respond::access_denied(),
            Self::Rejected(_) => respond::invalid_token(),
            Self::Unavailable(_) | Self::ProofsFull => respond::unavailable(RETRY_AFTER),
            Self::StepUp { step_up, bound } => {
                respond::insufficient_user_authentication(step_up, *bound)
            }
            Self::Scope { scope, bound } => respond::insufficient_scope(scope, *bound),
            Self::NoLayer => respond::server_error(),
        }
    }
}

impl Refused {
    /// Of a token that came by the scheme `DPoP`; `nonce` is for the next proof, where there are nonces.
    #[must_use]
    pub fn of_bound(refused: DpopRefused, nonce: Option<HeaderValue>) -> Self {
        match (refused, nonce) {
            (DpopRefused::Proof(BadProof::Nonce), Some(nonce)) => Self::ProofNonce(nonce),
            (DpopRefused::Proof(bad), _) => Self::Proof(bad),
            (DpopRefused::Token(Refusal::Rejected(rejected)), _) => Self::BoundRejected(rejected),
            (DpopRefused::Token(Refusal::Unavailable(stale)), _) => Self::Unavailable(stale),
            (DpopRefused::Full, _) => Self::ProofsFull,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejected) => Self::Rejected(rejected),
            Refusal::Unavailable(stale) => Self::Unavailable(stale),
        }
    }
}

/// A feed that is back has a heartbeat each second.
const RETRY_AFTER: Duration = Duration::from_secs(1);
