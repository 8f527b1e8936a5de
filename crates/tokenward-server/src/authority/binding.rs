//! What tokens are bound to: the key of a proof (RFC 9449), the certificate of the connection that they are asked
//! for over (RFC 8705), or both.
//!
//! **Invariant:** what a client has shown is bound to or refused, where the audience has a word for it; the one
//! thing that is passed over is a certificate where certificates are off, since its connection has it anyway, and
//! that of a proxy, which is none of its clients'.

use http::request::Parts;
use tokenward::{
    CertificateThumbprint, Proof, Scope, Thumbprint, TokenRequest, UnixTime, Verified,
};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::BadProof;

use super::audience::AudienceState;
use super::error::ApiError;
use super::{Authority, dpop};
use crate::http::PeerIdentity;
use crate::settings::ProxyAuth;

/// What a client has shown with its request.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// A proof, which is not spent yet.
    pub(super) proof: Option<Verified<Proof>>,
    /// The certificate of its connection.
    pub(super) certificate: Option<CertificateThumbprint>,
}

impl Held {
    /// The key of the proof.
    pub(super) fn key(&self) -> Option<&Thumbprint> {
        self.proof.as_ref().map(|proof| proof.key_thumbprint())
    }
}

/// What a token is to be bound to.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    pub(super) key: Option<Thumbprint>,
    pub(super) certificate: Option<CertificateThumbprint>,
}

impl Bound {
    /// `request`, for a token that is bound so.
    pub(super) fn request(self, request: TokenRequest) -> TokenRequest {
        let request = match self.key {
            Some(key) => request.bound_to(key),
            None => request,
        };
        match self.certificate {
            Some(certificate) => request.bound_to_certificate(certificate),
            None => request,
        }
    }
}

/// What is asked of a session's next token, beside what the session has.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// Less than the session may do.
    pub(super) scope: Option<Scope>,
    /// The certificate that it is to be bound to. The session is bound to none.
    pub(super) certificate: Option<CertificateThumbprint>,
}

impl Authority {
    /// What came with a request to the token endpoint.
    pub(super) fn held(&self, parts: &Parts, now: UnixTime) -> Result<Held, ApiError> {
        let peer = parts.extensions.get::<PeerIdentity>().filter(|peer| !self.is_proxy(peer));
        let certificate = peer.map(|peer| peer.thumbprint().clone());
        Ok(Held { proof: self.proof(parts, now)?, certificate })
    }

    /// Whether this is the certificate of a proxy, which shows its own whoever it asks for.
    fn is_proxy(&self, peer: &PeerIdentity) -> bool {
        let mut proxies = self.settings.proxies.iter();
        proxies.any(|proxy| matches!(&proxy.auth, ProxyAuth::Mtls(name) if peer.is(name)))
    }
}

impl AudienceState {
    /// What a token is to be bound to, by what the audience asks for; `session` is the key that its session is
    /// bound to already.
    pub(super) fn bind(
        &self,
        held: &Held,
        session: Option<&Thumbprint>,
    ) -> Result<Bound, ApiError> {
        let key = match (self.dpop, held.key()) {
            // To ignore the proof would hand out a token that is not bound, as if it were.
            (BindingPolicy::Off, Some(_)) if session.is_none() => {
                return Err(ApiError::invalid_request("DPoP is off for this audience"));
            }
            (BindingPolicy::Required, None) => return Err(dpop::refused(BadProof::Missing)),
            (_, key) => key.cloned(),
        };
        let certificate = self.certificates.certificate(held.certificate.as_ref()).cloned();
        if self.certificates == BindingPolicy::Required && certificate.is_none() {
            crate::telemetry::rejected("no_certificate");
            return Err(ApiError::invalid_request(
                "a client certificate is required; ask at the token_endpoint of mtls_endpoint_aliases",
            ));
        }
        Ok(Bound { key, certificate })
    }
}
