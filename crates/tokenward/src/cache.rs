//! A verifier that remembers what it has verified.
//!
//! **Invariant:** a token is found by its exact bytes, all of them compared; the hash that leads to its
//! place decides nothing, and no caller can supply a key (CVE-2026-35039). The signature, which a thief
//! of the rest would guess at, is compared in constant time.
//! **Invariant:** what is remembered belongs to one policy and one key set, and goes with them. Every
//! hit is judged by its times again (CVE-2026-107719); revocation, scope and proofs are asked of what
//! comes out, as for a token verified just now.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use crate::claims::AccessClaims;
use crate::crypto::constant_time_eq;
use crate::keyset::KeySet;
use crate::profile::{AccessToken, Policy, Profile, SelfContained, Times};
use crate::reject::Rejected;
use crate::time::UnixTime;
use crate::verify::{Shown, Verified, Verifier};

#[cfg(test)]
mod tests;

/// How many tokens are remembered at the most: the room is taken at once, and never grows.
///
/// A token and its claims take about a kilobyte. A token is no longer than
/// [`LIMITS`](crate::limits::LIMITS) allow, and private claims may take sixteen times their text: an
/// array of digits does.
///
/// ```
/// use tokenward::CacheSize;
///
/// assert_eq!(CacheSize::tokens(10_000), CacheSize::tokens(16_384));
/// assert_eq!(CacheSize::tokens(0), CacheSize::tokens(64));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CacheSize(usize);

impl CacheSize {
    /// At most `tokens`, rounded up to a power of two, from 64 to 1,048,576.
    #[must_use]
    pub const fn tokens(tokens: usize) -> Self {
        let most = 1 << 20;
        if tokens > most {
            Self(most)
        } else if tokens < 64 {
            Self(64)
        } else {
            Self(tokens.next_power_of_two())
        }
    }
}

/// A [`Verifier`] that remembers the tokens it has accepted, so that the same token costs no second
/// signature check. Clones share what they remember.
///
/// Only whoever sends the same bytes finds them again. A refused token is never remembered, and neither
/// is one that is bound to a key or a certificate: what it is bound to is to be shown each time.
///
/// ```
/// # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
/// use tokenward::{CacheSize, CachedVerifier};
///
/// let verifier = CachedVerifier::new(verifier, CacheSize::tokens(10_000));
/// let claims = verifier.verify(token, now)?;
/// println!("{}", claims.subject());
/// # Ok(())
/// # }
/// ```
///
/// # Security
///
/// It holds tokens in memory until their place is wanted. What it gives was true of the token when it
/// came first and is judged by its times now; ask for revocations each time, cached or not.
pub struct CachedVerifier<P: SelfContained = AccessToken, N = ()> {
    verifier: Verifier<P>,
    size: CacheSize,
    cache: Arc<Cache<P::Claims, N>>,
}

/// A token that a [`CachedVerifier`] has accepted. It reads as [`Verified`].
///
/// The note is what the verifier's user has worked out of the token, so as to do so once: see
/// [`CachedVerifier::verify_noting`].
#[derive(Clone, Debug)]
pub struct Remembered<C = AccessClaims, N = ()> {
    verified: Verified<C>,
    note: N,
}

impl<C, N> Remembered<C, N> {
    /// As if a verifier remembered it.
    #[must_use]
    pub const fn new(verified: Verified<C>, note: N) -> Self {
        Self { verified, note }
    }

    /// What was noted when it was accepted.
    #[must_use]
    pub const fn note(&self) -> &N {
        &self.note
    }

    /// The claims alone.
    #[must_use]
    pub fn into_verified(self) -> Verified<C> {
        self.verified
    }
}

impl<C, N> Deref for Remembered<C, N> {
    type Target = Verified<C>;

    fn deref(&self) -> &Verified<C> {
        &self.verified
    }
}

impl<P: SelfContained> CachedVerifier<P> {
    /// Verifies `token` as of `now`, or finds that it did before.
    ///
    /// Private claims come as a map; for a type of yours, ask [`Self::verifier`], which remembers nothing.
    pub fn verify(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<Arc<Remembered<P::Claims>>, Rejected> {
        self.verify_noting(token, now, |_| ())
    }
}

impl<P: SelfContained, N> CachedVerifier<P, N> {
    /// A verifier that remembers up to `size` tokens, none so far.
    #[must_use]
    pub fn new(verifier: Verifier<P>, size: CacheSize) -> Self {
        Self { verifier, size, cache: Arc::new(Cache::new(size)) }
    }

    /// The same policy with other keys, which remembers nothing: what a key that is gone has signed is
    /// gone with it.
    ///
    /// ```
    /// # fn f(cached: tokenward::CachedVerifier, fetched: &[u8]) -> Result<(), tokenward::KeySetError> {
    /// let cached = cached.with_keys(tokenward::KeySet::parse(fetched)?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_keys(&self, keys: KeySet) -> Self {
        Self::new(self.verifier.with_keys(keys), self.size)
    }

    /// As [`CachedVerifier::verify`], where `note` says what is to be remembered beside a token that is accepted.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// use tokenward::{AccessToken, CacheSize, CachedVerifier};
    ///
    /// let verifier: CachedVerifier<AccessToken, bool> = CachedVerifier::new(verifier, CacheSize::tokens(10_000));
    /// let token = verifier.verify_noting(token, now, |claims| claims.scope().contains("read"))?;
    /// println!("{} may read: {}", token.subject(), token.note());
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_noting(
        &self,
        token: &str,
        now: UnixTime,
        note: impl FnOnce(&Verified<P::Claims>) -> N,
    ) -> Result<Arc<Remembered<P::Claims, N>>, Rejected> {
        if let Some(hit) = self.hit(token, now) {
            return hit;
        }
        let (verified, times) = self.verifier.check_timed(token, now)?;
        let note = note(&verified);
        let remembered = Arc::new(Remembered { verified, note });
        self.cache.keep(token, &remembered, times, self.verifier.policy(), now);
        Ok(remembered)
    }

    /// What is remembered of `token`, judged by its times again.
    fn hit(&self, token: &str, now: UnixTime) -> Option<Verdict<P::Claims, N>> {
        let (remembered, times) = self.cache.find(token)?;
        let judged = self.verifier.policy().check_times(&times, now);
        Some(judged.map(|()| remembered).map_err(Rejected::from))
    }

    /// What is remembered of `token`, if it is good as of `now`: [`CachedVerifier::verify`] without the signature check
    /// that it may come to.
    ///
    /// ```
    /// # fn f(cached: tokenward::CachedVerifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let claims = match cached.recall(token, now) {
    ///     Some(claims) => claims,
    ///     None => cached.verify(token, now)?, // perhaps on a thread that may be busy for a while
    /// };
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn recall(&self, token: &str, now: UnixTime) -> Option<Arc<Remembered<P::Claims, N>>> {
        self.hit(token, now)?.ok()
    }

    /// The verifier, which remembers nothing.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier<P> {
        &self.verifier
    }
}

impl<N> CachedVerifier<AccessToken, N> {
    /// As [`Verifier::verify_shown`], with a note as in [`Self::verify_noting`]. What is remembered is bound to
    /// nothing, so a bound token is verified anew each time.
    ///
    /// ```
    /// # fn f(cached: tokenward::CachedVerifier, token: &str, shown: tokenward::Shown<'_>, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let claims = cached.verify_shown(token, shown, now, |_| ())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_shown(
        &self,
        token: &str,
        shown: Shown<'_>,
        now: UnixTime,
        note: impl FnOnce(&Verified) -> N,
    ) -> Result<Arc<Remembered<AccessClaims, N>>, Rejected> {
        // A proof is refused with a token that is bound to nothing, be it remembered.
        if !shown.has_proof()
            && let Some(hit) = self.hit(token, now)
        {
            return hit;
        }
        let verified = self.verifier.verify_shown(token, shown, now)?;
        let note = note(&verified);
        let remembered = Arc::new(Remembered { verified, note });
        if !remembered.is_bound() {
            let times = remembered.times();
            self.cache.keep(token, &remembered, times, self.verifier.policy(), now);
        }
        Ok(remembered)
    }
}

impl<P: SelfContained, N> Clone for CachedVerifier<P, N> {
    fn clone(&self) -> Self {
        Self { verifier: self.verifier.clone(), size: self.size, cache: Arc::clone(&self.cache) }
    }
}

impl<P: SelfContained, N> fmt::Debug for CachedVerifier<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedVerifier")
            .field("verifier", &self.verifier)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

type Verdict<C, N> = Result<Arc<Remembered<C, N>>, Rejected>;

/// Sets of a few places each: a token has one set, and takes one of its places.
struct Cache<C, N> {
    /// Random.
    seeds: [u64; 4],
    sets: Box<[Mutex<Set<C, N>>]>,
}

/// Places in a set. More of them would waste less room, and cost more comparisons.
const WAYS: usize = 4;

/// How much of the end of a token leads to its set: a part of its signature, which is as good as random,
/// and which nobody chooses who can have a token accepted.
const TAIL: usize = 32;

/// The characters of 256 bits: every signature has as many, and a dot before them.
const SECRET: usize = 44;

struct Set<C, N> {
    places: [Option<Entry<C, N>>; WAYS],
    /// The place that is taken next if all are in use.
    oldest: usize,
}

struct Entry<C, N> {
    token: Box<str>,
    /// The length of what is signed, after which the signature begins.
    signed: usize,
    remembered: Arc<Remembered<C, N>>,
    times: Times,
}

impl<C, N> Entry<C, N> {
    /// Whether this is `token`. How long that takes tells at the most how much was right of what is
    /// signed, unless the first 256 bits of the signature were: those are compared first and as a whole,
    /// and are as good as random in each of our algorithms.
    fn is_of(&self, token: &str) -> bool {
        let (own, other) = (self.token.as_bytes(), token.as_bytes());
        let secret = self.signed..self.signed.saturating_add(SECRET);
        let secret_of = |text| <[u8]>::get(text, secret.clone()).unwrap_or_default();
        own.len() == other.len()
            && constant_time_eq(secret_of(own), secret_of(other))
            && own == other
    }
}

impl<C, N> Cache<C, N> {
    fn new(size: CacheSize) -> Self {
        let empty = || Mutex::new(Set { places: [const { None }; WAYS], oldest: 0 });
        let sets = (0..size.0 / WAYS).map(|_| empty()).collect();
        let random = RandomState::new();
        Self { seeds: std::array::from_fn(|index| random.hash_one(index)), sets }
    }

    fn find(&self, token: &str) -> Option<(Arc<Remembered<C, N>>, Times)> {
        let set = self.set(token)?.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = set.places.iter().flatten().find(|entry| entry.is_of(token))?;
        Some((Arc::clone(&entry.remembered), entry.times))
    }

    fn keep<P: Profile>(
        &self,
        token: &str,
        remembered: &Arc<Remembered<C, N>>,
        times: Times,
        policy: &Policy<P>,
        now: UnixTime,
    ) {
        let signed = token.rfind('.').unwrap_or_default();
        let entry =
            Entry { token: token.into(), signed, remembered: Arc::clone(remembered), times };
        let Some(set) = self.set(token) else { return };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = |place: &Option<Entry<C, N>>| {
            place.as_ref().is_none_or(|old| policy.check_times(&old.times, now).is_err())
        };
        let index = set.places.iter().position(is_free).unwrap_or(set.oldest);
        set.oldest = index.wrapping_add(1) % WAYS;
        if let Some(place) = set.places.get_mut(index) {
            *place = Some(entry);
        }
    }

    /// The set of `token`; none for what is too short to be one.
    ///
    /// Two multiplications spread what is as good as random already. Seeded, so that nobody aims at a
    /// set whose tokens are other people's; it takes no more, because whoever could have a token of
    /// their choice accepted has the private key.
    fn set(&self, token: &str) -> Option<&Mutex<Set<C, N>>> {
        let tail: &[u8; TAIL] = token.as_bytes().last_chunk()?;
        let [one, two, three, four] = self.seeds;
        let &[first, second, third, fourth] = tail.as_chunks().0 else { return None };
        let word = u64::from_le_bytes;
        let hash = folded_product(word(first) ^ one, word(second) ^ two)
            ^ folded_product(word(third) ^ three, word(fourth) ^ four);
        let hash = usize::try_from(hash >> 32_u32).unwrap_or_default();
        // A power of two, so the remainder is a mask.
        self.sets.get(hash & self.sets.len().wrapping_sub(1))
    }
}

/// Both halves of the product, one over the other, so that every bit of both factors counts.
fn folded_product(one: u64, other: u64) -> u64 {
    let product = u128::from(one).wrapping_mul(u128::from(other));
    let low = u64::try_from(product & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(product >> 64_u32).unwrap_or_default();
    low ^ high
}
