//! A verifier whose keys and revocations change under it.
//!
//! **Invariant:** freshness is checked before the token is read, so that a stale verifier answers
//! everybody alike, and revocation after the signature, so that nobody learns from us what is revoked.
//! **Invariant:** what is remembered of a token saves its signature check alone: freshness, times and
//! revocation are asked each time, and other keys remember nothing.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokenward::{
    AccessClaims, AccessToken, Audience, CacheSize, CachedVerifier, IssuerId, KeySet, Reason,
    Rejected, Remembered, SealKey, Shown, UnixTime, Verified, Verifier,
};
use tokenward_revocation::{Facts, Memo, RevokedBy, Stale, View};

use crate::keys::{FetchedKeys, KeySetHandle};

mod bound;

#[cfg(test)]
mod tests;

/// A [`Verifier`] with keys that can be swapped, and a [`View`] of revocations.
///
/// It remembers the last 16,384 tokens that it accepted, about a kilobyte each, so that the same one costs
/// no second signature check ([`CachedVerifier`]). Sealed tokens, and those of a [`Former`] issuer, are
/// checked anew each time.
pub struct LiveVerifier {
    verifier: ArcSwap<Remembering>,
    view: Arc<View>,
    /// Until when the keys may serve, in milliseconds since the epoch.
    keys_until: AtomicU64,
    source: Option<KeySetHandle>,
    former: ArcSwapOption<Former>,
}

impl LiveVerifier {
    /// The verifier that judges by `verifier` and `view`. Its keys never grow too old: whoever holds
    /// the key store swaps them at once.
    #[must_use]
    pub fn new(verifier: Verifier, view: Arc<View>) -> Self {
        Self {
            verifier: ArcSwap::from_pointee(CachedVerifier::new(verifier, REMEMBERED)),
            view,
            keys_until: AtomicU64::new(UnixTime::NEVER.as_millis()),
            source: None,
            former: ArcSwapOption::empty(),
        }
    }

    /// Verifies `token` as of `now`: signature, claims, revocation.
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Judged, Refusal> {
        self.verify_shown(token, Shown::nothing(), now)
    }

    /// As [`Self::verify`], of a token that is remembered and that it would accept; `None` of any other, and
    /// nothing is logged: [`Self::verify`] says why.
    #[must_use]
    pub fn recall(&self, token: &str, now: UnixTime) -> Option<Judged> {
        self.fresh(now).ok()?;
        let age = self.view.age(now);
        let verified = self.verifier.load().recall(token, now)?;
        let facts = Facts::of(&verified, verified.key_id());
        let revoked = self.view.check_again(&facts, verified.note());
        revoked.is_none().then_some(Judged { verified, age })
    }

    /// As [`Self::verify`], of a token that is sealed under one of `keys`.
    pub fn verify_sealed(
        &self,
        token: &str,
        keys: &[SealKey],
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        self.judge(now, |verifier| {
            let verified = verifier.verifier().verify_sealed(token, keys, now)?;
            Ok(self.unremembered(verified))
        })
    }

    /// As [`Self::verify`], and where that refuses `token`, by the [`Former`] verifier, while there is one. Who
    /// acts on what only the present issuer may say, such as the session of a token, asks [`Self::verify`].
    pub fn verify_former_too(&self, token: &str, now: UnixTime) -> Result<Judged, Refusal> {
        self.verify_shown_or_former(token, Shown::nothing(), now)
    }

    /// As [`Self::verify_former_too`], of a token whose sender has `shown` this. What a former issuer made is
    /// bound to nothing.
    pub fn verify_shown_or_former(
        &self,
        token: &str,
        shown: Shown<'_>,
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        let refusal = match self.verify_shown(token, shown, now) {
            Err(Refusal::Rejected(rejected)) => rejected,
            judged => return judged,
        };
        let former = self.former.load();
        let Some(former) = former.as_ref().filter(|former| now < former.until) else {
            return Err(refusal.into());
        };
        let age = self.view.age(now);
        // Two verifiers, each with keys of one kind, and no header that chooses between them.
        match former.verifier.verify(token, now) {
            Ok(verified) => {
                let judged = self.not_revoked(self.unremembered(verified), age)?;
                self.let_in_by_the_former().increment(1);
                Ok(judged)
            }
            Err(rejected) if is_of_another(*rejected.reason()) => Err(refusal.into()),
            Err(rejected) => Err(rejected.into()),
        }
    }

    /// What stands around every way to verify: freshness before it, revocation after it.
    fn judge(
        &self,
        now: UnixTime,
        verify: impl FnOnce(&Remembering) -> Result<Arc<Accepted>, Rejected>,
    ) -> Result<Judged, Refusal> {
        self.fresh(now)?;
        // Read before the token is checked: what is known may become more meanwhile, not less.
        let age = self.view.age(now);
        let verified = verify(&self.verifier.load()).inspect_err(|e| self.hint(*e))?;
        Ok(self.not_revoked(verified, age)?)
    }

    fn not_revoked(
        &self,
        verified: Arc<Accepted>,
        age: Option<Duration>,
    ) -> Result<Judged, Rejected> {
        let facts = Facts::of(&verified, verified.key_id());
        match self.view.check_again(&facts, verified.note()) {
            Some(by) => Err(self.revoked(&facts, by)),
            None => Ok(Judged { verified, age }),
        }
    }

    fn memo(&self, verified: &Verified) -> Memo {
        self.view.memo(&Facts::of(verified, verified.key_id()))
    }

    fn unremembered(&self, verified: Verified) -> Arc<Accepted> {
        let memo = self.memo(&verified);
        Arc::new(Accepted::new(verified, memo))
    }

    /// Says in the log which order refuses the token, since the reason alone names none.
    fn revoked(&self, facts: &Facts<'_>, by: RevokedBy) -> Rejected {
        tracing::info!(
            audience = %self.view.audience(),
            by = by.as_str(),
            jti = %facts.token_id,
            sid = facts.session_id.map(tracing::field::display),
            kid = facts.key_id.map(tracing::field::display),
            "a token is revoked"
        );
        by.into()
    }

    /// Puts `former` beside the present verifier, or takes it away.
    pub fn set_former(&self, former: Option<Former>) {
        if former.is_some() {
            // Shown from the beginning: who waits for the last one must see that none came.
            self.let_in_by_the_former().increment(0);
        }
        self.former.store(former.map(Arc::new));
    }

    fn let_in_by_the_former(&self) -> metrics::Counter {
        let audience = self.audience().to_string();
        metrics::counter!("tokenward_shared_secret_tokens_total", "audience" => audience)
    }

    /// Whether tokens can be judged at `now`: the keys and the revocations are young enough.
    pub fn fresh(&self, now: UnixTime) -> Result<(), Stale> {
        if now.as_millis() > self.keys_until.load(Ordering::Acquire) {
            return Err(Stale::KeySetTooOld);
        }
        self.view.fresh(now)
    }

    /// Puts `keys` in the place of the present ones. A key that is gone counts no more from now on.
    pub fn swap_keys(&self, keys: KeySet) {
        self.swap_keys_until(keys, UnixTime::NEVER);
    }

    /// As [`Self::swap_keys`], for keys that may serve until `until`.
    pub fn swap_keys_until(&self, keys: KeySet, until: UnixTime) {
        let verifier = self.verifier.load().with_keys(keys);
        self.verifier.store(Arc::new(verifier));
        self.keys_until.store(until.as_millis(), Ordering::Release);
    }

    /// Goes on with what a [`KeySetSource`](crate::KeySetSource) has fetched.
    pub(crate) fn take(&self, fetched: &FetchedKeys) {
        if fetched.changed {
            self.swap_keys_until(fetched.keys.clone(), fetched.serves_until);
        } else {
            self.keys_until.store(fetched.serves_until.as_millis(), Ordering::Release);
        }
    }

    /// The revocations that it knows.
    #[must_use]
    pub const fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// The issuer whose tokens it takes.
    #[must_use]
    pub fn issuer(&self) -> IssuerId {
        self.verifier.load().verifier().issuer().clone()
    }

    /// The audience that tokens must be for.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        self.view.audience()
    }

    /// The keys that it trusts at present.
    #[must_use]
    pub fn keys(&self) -> KeySet {
        self.verifier.load().verifier().keys().clone()
    }

    /// The verifier that has no keys yet, and tells `source` of key ids that it does not know.
    pub(crate) fn waiting(verifier: Verifier, view: Arc<View>, source: KeySetHandle) -> Self {
        let keys_until = AtomicU64::new(0);
        Self { keys_until, source: Some(source), ..Self::new(verifier, view) }
    }

    fn hint(&self, rejected: Rejected) {
        if let (Reason::UnknownKey, Some(source)) = (rejected.reason(), &self.source) {
            source.unknown_key();
        }
    }
}

impl fmt::Debug for LiveVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveVerifier")
            .field("verifier", &self.verifier.load())
            .field("view", &self.view)
            .finish_non_exhaustive()
    }
}

/// A token that was accepted, with what revocation has worked out of it.
pub type Accepted = Remembered<AccessClaims, Memo>;

type Remembering = CachedVerifier<AccessToken, Memo>;

/// A few hundred requests a second with as many users as a token lives seconds; empty, it takes 1.4 MB.
const REMEMBERED: CacheSize = CacheSize::tokens(16_384);

/// What verifies the tokens of a former issuer, for as long as they are let in.
///
/// Its audience must be that of the [`LiveVerifier`] beside which it stands, and its keys may be of another kind.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "both are decisions of whoever lets them in")]
pub struct Former {
    /// The verifier: the former issuer, with its key alone.
    pub verifier: Verifier,
    /// From then on none of these tokens is good.
    pub until: UnixTime,
}

/// Whether this says only that the token is none of the verifier's.
const fn is_of_another(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::WrongAlgorithm | Reason::UnknownKey | Reason::NoKeyId | Reason::BadSignature
    )
}

/// A token that was accepted, and how much is known of what was revoked. It reads as [`Verified`].
///
/// ```
/// # use tokenward::UnixTime;
/// # fn f(verifier: &tokenward_remote::LiveVerifier, token: &str, now: UnixTime) -> Result<(), tokenward_remote::Refusal> {
/// let judged = verifier.verify(token, now)?;
/// let lately = judged.revocation_age().is_some_and(|age| age.as_secs() < 10);
/// if !lately {
///     // `when_stale = "accept"`: nothing that cannot be undone.
/// }
/// let subject = judged.subject();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Judged {
    verified: Arc<Accepted>,
    age: Option<Duration>,
}

impl Judged {
    /// How old what is known of revocations was, at the most: whatever was revoked longer ago counted.
    /// `None` if that cannot be said, because the authority's clock is too far ahead of ours; then it was
    /// accepted because the policy is to go on. In the authority itself it is zero.
    #[must_use]
    pub const fn revocation_age(&self) -> Option<Duration> {
        self.age
    }

    /// The claims, which are the same ones each time that the verifier remembers the token.
    #[must_use]
    pub const fn shared(&self) -> &Arc<Accepted> {
        &self.verified
    }

    /// The claims: a copy, where the verifier remembers them too.
    #[must_use]
    pub fn into_verified(self) -> Verified {
        Arc::unwrap_or_clone(self.verified).into_verified()
    }
}

impl Deref for Judged {
    type Target = Verified;

    fn deref(&self) -> &Verified {
        &self.verified
    }
}

/// A token was not accepted: for its own fault, or because nothing can be said just now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "401 or 503: there is no third answer")]
pub enum Refusal {
    /// The token is bad. Answer 401, with nothing about why.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The verifier knows too little to judge any token. Answer 503 with `Retry-After`, never 401: a
    /// client would throw a good token away.
    #[error("tokens cannot be verified just now")]
    Unavailable(#[from] Stale),
}
