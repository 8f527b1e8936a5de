//! Tokens that are bound to a key (RFC 9449), with the proof of it, or as they are told about.

use tokenward::{Proof, UnixTime, Unproven, Verified};
use tokenward_revocation::Facts;

use super::{Judged, LiveVerifier, Refusal};

impl LiveVerifier {
    /// As [`Self::verify`], of a token that came with `proof`: it must be bound to the key of the proof. That
    /// the proof is not used twice is the caller's business.
    ///
    /// ```
    /// # use tokenward::{Proof, UnixTime, Verified};
    /// # fn f(verifier: &tokenward_remote::LiveVerifier, token: &str, proof: &Verified<Proof>, now: UnixTime) -> Result<(), tokenward_remote::Refusal> {
    /// let judged = verifier.verify_bound(token, proof, now)?;
    /// assert_eq!(judged.key_thumbprint(), Some(proof.key_thumbprint().as_str()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_bound(
        &self,
        token: &str,
        proof: &Verified<Proof>,
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        self.judge(now, |verifier| {
            let verified = verifier.verifier().verify_bound(token, proof, now)?;
            Ok(self.unremembered(verified))
        })
    }

    /// As [`Self::verify`], without the proof that a bound token asks for: for whoever tells about tokens
    /// (RFC 7662, RFC 9449 § 6.2) or revokes them, and lets nobody in.
    pub fn verify_unproven(&self, token: &str, now: UnixTime) -> Result<Unproven, Refusal> {
        self.fresh(now)?;
        let token = self.verifier.load().verifier().verify_unproven(token, now);
        let token = token.inspect_err(|e| self.hint(*e))?;
        let facts = Facts::of(token.claims(), token.key_id());
        match self.view().check_facts(&facts) {
            Some(by) => Err(self.revoked(&facts, by).into()),
            None => Ok(token),
        }
    }
}
