//! Nonces that nobody has to keep: each is a function of a key and the time.

use std::fmt;

use tokenward::crypto::Secret256;
use tokenward::{UnixTime, b64};

/// How long one nonce is given out; it is good for as long again. A client that pauses for longer asks twice.
const PERIOD: u64 = 120;

/// Gives out nonces and knows them again, in every server with the same key (RFC 9449 § 8, § 9).
///
/// ```
/// use tokenward::{UnixTime, crypto::Secret256};
/// use tokenward_tower::dpop::Nonces;
///
/// let nonces = Nonces::new(&Secret256::random());
/// let now = UnixTime::from_secs(1_000_000);
/// assert!(nonces.good(now).contains(&nonces.current(now)));
/// ```
pub struct Nonces(Secret256);

impl Nonces {
    /// Nonces under `key`.
    #[must_use]
    pub fn new(key: &Secret256) -> Self {
        Self(key.derive(b"tokenward dpop nonce v1"))
    }

    /// The one to give out at `now`.
    #[must_use]
    pub fn current(&self, now: UnixTime) -> String {
        self.of(Self::period(now))
    }

    /// The ones that are good at `now`: those of this period and of the last. The one of the next is too, for
    /// servers whose clock is a little ahead.
    #[must_use]
    pub fn good(&self, now: UnixTime) -> [String; 3] {
        let period = Self::period(now);
        [period, period.saturating_sub(1), period.saturating_add(1)].map(|period| self.of(period))
    }

    const fn period(now: UnixTime) -> u64 {
        match now.as_secs().checked_div(PERIOD) {
            Some(period) => period,
            None => 0,
        }
    }

    fn of(&self, period: u64) -> String {
        // No secret: whoever asks is given it, so nobody gains by guessing it in parts.
        let derived = self.0.derive(&period.to_be_bytes());
        let bytes = derived.expose();
        b64::encode(bytes.first_chunk::<16>().map_or(&bytes[..], |half| half.as_slice()))
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces(..)")
    }
}
