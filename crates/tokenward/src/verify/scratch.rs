//! Room that verifications use again and again.

use std::fmt;

/// Room for one token, so that [`Verifier::verify_in`](crate::Verifier::verify_in) and
/// [`Issuer::issue_in`](crate::Issuer::issue_in) allocate nothing. It grows to what the longest token needed,
/// a few kilobytes, and no further.
///
/// It holds the last token's claims until it is used again, which the compiler sees to:
///
/// ```compile_fail,E0499
/// # fn f(verifier: tokenward::Verifier, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
/// let mut scratch = tokenward::Scratch::default();
/// let ada = verifier.verify_in("a.d.a", now, &mut scratch)?;
/// let bob = verifier.verify_in("b.o.b", now, &mut scratch)?;
/// println!("{} and {}", ada.subject(), bob.subject());
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Scratch {
    /// The decoded header, where it was decoded.
    pub(crate) header: Vec<u8>,
    /// The signature first, then the payload.
    pub(crate) bytes: Vec<u8>,
    /// The token that was issued last.
    pub(crate) token: String,
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}
