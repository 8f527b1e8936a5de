//! Access tokens that come encrypted, under a key that comes by another way.

use std::str;

use super::{Scratch, Verified, Verifier};
use crate::claims::Proven;
use crate::jwe::SealKey;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;

impl Verifier {
    /// Opens `token` with one of `keys` and verifies what is inside, which must have been issued for that
    /// very key.
    ///
    /// A token that is signed and not encrypted is refused, whoever it was issued for; so is one that is
    /// sealed and bound to no key, because then anybody who had it could have sealed it. See [`SealKey`]
    /// for an example.
    pub fn verify_sealed(
        &self,
        token: &str,
        keys: &[SealKey],
        now: UnixTime,
    ) -> Result<Verified, Rejected> {
        let (inner, key) = SealKey::open(keys, token)?;
        let inner = str::from_utf8(&inner).map_err(|_| Reason::Malformed)?;
        let mut scratch = Scratch::default();
        let verified = self.check_in(inner, Proven::Seal(&key), now, &mut scratch)?;
        let claims = verified.claims.to_owned_map()?;
        Ok(Verified { claims, key_id: verified.key_id })
    }
}
