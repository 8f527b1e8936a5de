//! Access tokens that are bound to a key (RFC 9449 § 7.1), with the proof of it.

use super::{Scratch, Shown, Verified, Verifier};
use crate::claims::AccessClaimsRef;
use crate::profile::dpop::Proof;
use crate::reject::Rejected;
use crate::time::UnixTime;

impl Verifier {
    /// Verifies `token`, which came with `proof`: it must be bound to the key of the proof, and the
    /// proof must have been made for this token, and still be good at `now`.
    ///
    /// A token that is bound to no key is refused ([`Reason::NotBound`](crate::Reason::NotBound)): a client that sends a proof
    /// believes that its token cannot be stolen.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, proof: &tokenward::Verified<tokenward::Proof>, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let claims = verifier.verify_bound(token, proof, now)?;
    /// assert_eq!(claims.key_thumbprint(), Some(proof.key_thumbprint().as_str()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_bound(
        &self,
        token: &str,
        proof: &Verified<Proof>,
        now: UnixTime,
    ) -> Result<Verified, Rejected> {
        self.verify_shown(token, Shown::nothing().proof(proof), now)
    }

    /// As [`Self::verify_bound`], without an allocation, as [`Self::verify_in`] is.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, proof: &tokenward::Verified<tokenward::Proof>, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let mut scratch = tokenward::Scratch::default();
    /// let claims = verifier.verify_bound_in(token, proof, now, &mut scratch)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_bound_in<'a>(
        &'a self,
        token: &str,
        proof: &'a Verified<Proof>,
        now: UnixTime,
        scratch: &'a mut Scratch,
    ) -> Result<Verified<AccessClaimsRef<'a>>, Rejected> {
        self.verify_shown_in(token, Shown::nothing().proof(proof), now, scratch)
    }
}
