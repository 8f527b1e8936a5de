//! Access tokens with all that their sender has shown: a proof (RFC 9449), a client certificate (RFC 8705).

use super::{Scratch, Verified, Verifier};
use crate::claims::{AccessClaimsRef, Proven};
use crate::crypto::sha256;
use crate::ids::CertificateThumbprint;
use crate::profile::dpop::Proof;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;

/// What the sender of a token has shown to have beside it.
///
/// ```
/// use tokenward::{CertificateThumbprint, Shown};
///
/// let der = b"of the peer certificate of the connection";
/// let certificate = CertificateThumbprint::of(der);
/// let shown = Shown::nothing().certificate(&certificate);
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it shows nothing until a token is verified with it"]
pub struct Shown<'a> {
    proof: Option<&'a Verified<Proof>>,
    certificate: Option<&'a CertificateThumbprint>,
}

impl<'a> Shown<'a> {
    /// Nothing: good for tokens that are bound to nothing.
    pub const fn nothing() -> Self {
        Self { proof: None, certificate: None }
    }

    /// A proof, which has been verified and was not used before.
    pub const fn proof(self, proof: &'a Verified<Proof>) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// The client's certificate of the TLS connection that the token came by.
    ///
    /// # Security
    ///
    /// Of the connection itself, whose handshake has proved the private key, or from a proxy that is known
    /// and overwrites what its clients send. That somebody vouches for the certificate is not needed for
    /// this (RFC 8705 § 6.2).
    pub const fn certificate(self, certificate: &'a CertificateThumbprint) -> Self {
        Self { certificate: Some(certificate), ..self }
    }

    /// Whether it holds a proof, which is for one token alone.
    pub(crate) const fn has_proof(&self) -> bool {
        self.proof.is_some()
    }

    /// What of it counts for `token` at `now`.
    fn proven(self, token: &str, now: UnixTime) -> Result<Proven<'a>, Reason> {
        if let Some(proof) = self.proof {
            if proof.token_hash() != Some(&sha256(token.as_bytes())) {
                return Err(Reason::WrongProof);
            }
            if now >= proof.remember_until() {
                return Err(Reason::Expired);
            }
        }
        Ok(Proven::Shown {
            key: self.proof.map(|proof| proof.claims.key_thumbprint().as_str()),
            certificate: self.certificate.map(CertificateThumbprint::as_str),
        })
    }
}

/// A certificate, if the client has shown one, and nothing else.
impl<'a> From<Option<&'a CertificateThumbprint>> for Shown<'a> {
    fn from(certificate: Option<&'a CertificateThumbprint>) -> Self {
        Self { proof: None, certificate }
    }
}

impl Verifier {
    /// Verifies `token`, whose sender has `shown` this: all that the token is bound to must be there.
    ///
    /// A token that is bound to nothing passes with a certificate, which its connection has anyway, and is
    /// refused with a proof ([`Reason::NotBound`]). Where every token is to be bound, see
    /// [`AccessClaims::certificate_thumbprint`](crate::AccessClaims::certificate_thumbprint) of what comes out.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, peer_certificate: &[u8], now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// use tokenward::{CertificateThumbprint, Shown};
    ///
    /// let certificate = CertificateThumbprint::of(peer_certificate);
    /// let claims = verifier.verify_shown(token, Shown::nothing().certificate(&certificate), now)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_shown(
        &self,
        token: &str,
        shown: Shown<'_>,
        now: UnixTime,
    ) -> Result<Verified, Rejected> {
        let mut scratch = Scratch::default();
        let verified = self.verify_shown_in(token, shown, now, &mut scratch)?;
        let claims = verified.claims.to_owned_map()?;
        Ok(Verified { claims, key_id: verified.key_id })
    }

    /// As [`Self::verify_shown`], without an allocation, as [`Self::verify_in`] is.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, shown: tokenward::Shown<'_>, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let mut scratch = tokenward::Scratch::default();
    /// let claims = verifier.verify_shown_in(token, shown, now, &mut scratch)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_shown_in<'a>(
        &'a self,
        token: &str,
        shown: Shown<'a>,
        now: UnixTime,
        scratch: &'a mut Scratch,
    ) -> Result<Verified<AccessClaimsRef<'a>>, Rejected> {
        let proven = shown.proven(token, now)?;
        self.check_in(token, proven, now, scratch).map_err(Rejected::from_reason)
    }
}
