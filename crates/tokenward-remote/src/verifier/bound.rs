//! Tokens that are bound to a key (RFC 9449) or a certificate (RFC 8705), with what was shown of it, or as they
//! are told about.

use tokenward::{Shown, UnixTime, Unproven};
use tokenward_revocation::Facts;

use super::{Judged, LiveVerifier, Refusal};

impl LiveVerifier {
    /// As [`Self::verify`], of a token whose sender has `shown` this: all that it is bound to must be there. That
    /// a proof is not used twice is the caller's business.
    ///
    /// ```
    /// # use tokenward::{Proof, Shown, UnixTime, Verified};
    /// # fn f(verifier: &tokenward_remote::LiveVerifier, token: &str, proof: &Verified<Proof>, now: UnixTime) -> Result<(), tokenward_remote::Refusal> {
    /// let judged = verifier.verify_shown(token, Shown::nothing().proof(proof), now)?;
    /// assert_eq!(judged.key_thumbprint(), Some(proof.key_thumbprint().as_str()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_shown(
        &self,
        token: &str,
        shown: Shown<'_>,
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        self.judge(now, |verifier| {
            verifier.verify_shown(token, shown, now, |verified| self.memo(verified))
        })
    }

    /// As [`Self::verify`], without what a bound token asks for: for whoever tells about tokens
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
