//! Access tokens as they are told about (RFC 7662): good, but perhaps not in the hands of their holder.

use super::{Scratch, Verified, Verifier};
use crate::claims::{AccessClaims, Proven};
use crate::reject::Rejected;
use crate::time::UnixTime;

/// A good access token of which nobody has shown that it came from its holder. No handler takes it for
/// [`Verified`]: it is for an answer about the token, or for an order to revoke it.
#[derive(Clone, Debug)]
pub struct Unproven(Verified);

impl Verifier {
    /// Verifies `token`, without what a bound one asks for (RFC 9449 § 6.2, RFC 8705 § 3.2): whoever is told
    /// of it must check the proof of [`AccessClaims::key_thumbprint`], and the certificate of
    /// [`AccessClaims::certificate_thumbprint`], itself.
    ///
    /// A sealed token that comes in the open is refused as everywhere.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let token = verifier.verify_unproven(token, now)?;
    /// let bound_to = token.claims().key_thumbprint();
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_unproven(&self, token: &str, now: UnixTime) -> Result<Unproven, Rejected> {
        let mut scratch = Scratch::default();
        let verified = self.check_in(token, Proven::Elsewhere, now, &mut scratch)?;
        let claims = verified.claims.to_owned_map()?;
        Ok(Unproven(Verified { claims, key_id: verified.key_id }))
    }
}

impl Unproven {
    /// What the token says.
    #[must_use]
    pub fn claims(&self) -> &AccessClaims {
        &self.0
    }

    /// As [`Verified::key_id`].
    #[must_use]
    pub fn key_id(&self) -> Option<&crate::KeyId> {
        self.0.key_id()
    }
}

impl From<Verified> for Unproven {
    /// A token whose holder is known is also one that may be told about.
    fn from(verified: Verified) -> Self {
        Self(verified)
    }
}
