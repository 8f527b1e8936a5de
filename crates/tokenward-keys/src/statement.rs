//! The signed key set of an audience, as verifiers with a pinned root want it ([`tokenward::root`]).
//!
//! **Invariant:** a version number means the same keys for ever, whatever replicas there are: a statement is
//! handed out only once the store holds it, and the store takes it only in the place of the very one that it
//! follows. What it says is read after that one was, so that a replica with an old view brings nothing back.
//!
//! **Invariant:** a key begins to sign only once the signed key set has held it for as long as the published
//! one must have.

mod head;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{
    Audience, BackendError, BackendErrorKind, IssueError, KeyId, KeySet, KeySetClaims, Seen,
    StatementRequest, Subject, UnixTime, Verified, Verifier, VerifyingKey,
};

use crate::custody::{CustodyError, Signer};
use crate::ring::{Attempts, KeyRing, RingError};
use crate::stored::KeyState;
use head::{Head, following};

/// Where the last signed key set of each audience is kept, as bytes that mean nothing to the store.
#[async_trait]
pub trait StatementStore: Send + Sync + 'static {
    /// The last one; `None` before the first.
    async fn statement(&self, audience: &Audience) -> Result<Option<Vec<u8>>, BackendError>;

    /// Puts `next` in the place of exactly `before`, durably. If something else is there, nothing changes,
    /// and the answer is [`Conflict`](BackendErrorKind::Conflict).
    async fn replace_statement(
        &self,
        audience: &Audience,
        before: Option<Vec<u8>>,
        next: Vec<u8>,
    ) -> Result<(), BackendError>;
}

/// Keeps the signed key set of one audience up to date.
pub struct KeySetStatements {
    ring: Arc<KeyRing>,
    store: Arc<dyn StatementStore>,
    signer: Arc<dyn Signer>,
    public: VerifyingKey,
    lifetime: Duration,
    backoff: Attempts,
    current: RwLock<Option<SignedKeySet>>,
}

/// A key set, signed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SignedKeySet {
    /// The statement: a JWT of the type `jwk-set+jwt`.
    pub jwt: Arc<str>,
    /// Until when it counts.
    pub expires_at: UnixTime,
}

/// A key set was not signed, or not stored. The last one goes on until it expires.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The keys could not be read.
    #[error("the keys cannot be read")]
    Ring(#[from] RingError),
    /// The store failed.
    #[error("the signed key set cannot be read or written")]
    Store(#[from] BackendError),
    /// The key set cannot be put into a statement; please report it.
    #[error("the key set cannot be signed")]
    Issue(#[from] IssueError),
    /// Whoever signs did not.
    #[error("the signer of key sets is out of reach")]
    Signer(#[source] Arc<CustodyError>),
}

impl KeySetStatements {
    /// The key sets of `ring`, signed by `signer`, whose public half is `public`, each good for `lifetime`,
    /// seven days at most. Nothing is signed yet.
    #[must_use]
    pub fn new(
        ring: Arc<KeyRing>,
        store: Arc<dyn StatementStore>,
        signer: Arc<dyn Signer>,
        public: VerifyingKey,
        lifetime: Duration,
    ) -> Self {
        let backoff = Attempts::default();
        Self { ring, store, signer, public, lifetime, backoff, current: RwLock::default() }
    }

    /// Signs the key set if it has changed, or if half of the life of the last statement is over; else takes
    /// over what another replica has signed. An authority calls this each second.
    ///
    /// A signer that did not sign is asked again after a second at first, later each minute, unless there is no
    /// statement that counts, or a key stands in it that has leaked.
    pub async fn tick(&self, now: UnixTime) -> Result<(), StatementError> {
        let audience = self.ring.audience();
        let stored = self.store.statement(audience).await?;
        let head = stored.as_deref().and_then(Head::parse);
        if stored.is_some() && head.is_none() {
            let why = "the stored key-set statement does not read back";
            return Err(BackendError::new(BackendErrorKind::Corrupt, why).into());
        }
        let said = head.as_ref().and_then(|head| self.said(head));
        if let (Some(head), Some(said)) = (&head, &said) {
            self.install(head.jwt(), said.expires_at());
            if self.is_good(said, now) {
                return Ok(());
            }
        }
        if head.is_some() {
            // Only what is read after the head may follow it.
            match self.ring.refresh(now).await {
                Ok(()) | Err(RingError::Custody(_)) => {}
                Err(error) => return Err(error.into()),
            }
            if said.as_deref().is_some_and(|said| self.is_good(said, now)) {
                return Ok(());
            }
        }
        if let Some(error) = self.backoff.waits(now)
            && said.as_deref().is_some_and(|said| self.will_do(said, now))
        {
            return Err(StatementError::Signer(error));
        }
        let (next, expires_at) = self.sign(head.as_ref(), said.as_deref(), now).await?;
        match self.store.replace_statement(audience, stored, next.to_bytes()).await {
            Ok(()) => self.install(next.jwt(), expires_at),
            // Another replica was faster: what it has signed is as good.
            Err(error) if error.kind() == BackendErrorKind::Conflict => {
                let stored = self.store.statement(audience).await?;
                let head = stored.as_deref().and_then(Head::parse);
                let said = head.as_ref().and_then(|head| self.said(head));
                if let (Some(head), Some(said)) = (head, said) {
                    self.install(head.jwt(), said.expires_at());
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The last statement; `None` before the first, and once it has expired.
    #[must_use]
    pub fn current(&self, now: UnixTime) -> Option<SignedKeySet> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().filter(|statement| now < statement.expires_at)
    }

    fn is_good(&self, said: &KeySetClaims, now: UnixTime) -> bool {
        let half = self.lifetime.checked_div(2).unwrap_or_default();
        // One that a clock far ahead has signed is refused by verifiers until theirs have caught up.
        let is_begun = said.issued_at() <= now.saturating_add(SKEW);
        let is_young = now < said.issued_at().saturating_add(half);
        is_begun && is_young && *said.key_set_json() == *self.ring.jwks_json()
    }

    /// Whether the statement counts still, and holds no key that has leaked.
    fn will_do(&self, said: &KeySetClaims, now: UnixTime) -> bool {
        let keys = self.ring.list();
        let compromised = KeyState::Compromised.to_string();
        let has_leaked =
            |id: &KeyId| keys.iter().any(|key| key.state == compromised && key.kid == id.as_str());
        let mut stated = said.key_set().keys().iter().filter_map(VerifyingKey::key_id);
        now < said.expires_at() && !stated.any(has_leaked)
    }

    /// What the stored statement says; `None` if our signer has not signed it. Then the next one begins anew,
    /// as verifiers do with another signer.
    fn said(&self, head: &Head) -> Option<Verified<KeySetClaims>> {
        let issuer = self.ring.issuer();
        let verifier = Verifier::key_set_statement()
            .issuer(issuer.clone())
            .subject(Subject::new(issuer.as_str()).ok()?)
            .keys(KeySet::from_keys([self.public.clone()]).ok()?)
            .build();
        verifier.verify(head.jwt(), Seen::Nothing, head.issued_at()).ok()
    }

    async fn sign(
        &self,
        before: Option<&Head>,
        said: Option<&KeySetClaims>,
        now: UnixTime,
    ) -> Result<(Head, UnixTime), StatementError> {
        let key_set = self.ring.jwks_json();
        let (version, previous) = following(said, &key_set, now)
            .ok_or_else(|| BackendError::new(BackendErrorKind::Bug, "the versions are used up"))?;
        let request = StatementRequest {
            issuer: self.ring.issuer(),
            key_set: &key_set,
            version,
            previous: previous.as_ref(),
            issued_at: now,
            lifetime: self.lifetime,
        };
        let unsigned = request.prepare(self.signer.key_id(), self.signer.algorithm())?;
        let expires_at = unsigned.expires_at();
        let signature = match self.signer.sign(unsigned.signing_input()).await {
            Ok(signature) => signature,
            Err(error) => {
                let error = Arc::new(error);
                self.backoff.failed(&error, self.ring.later(now));
                return Err(StatementError::Signer(error));
            }
        };
        self.backoff.succeeded();
        let jwt = unsigned.assemble(&signature);
        // C + D count from here, and D is for the write too: nobody had the statement while it was being signed.
        let since = self.ring.later(now);
        Ok((Head::new(before, &key_set, jwt, now, since), expires_at))
    }

    fn install(&self, jwt: &str, expires_at: UnixTime) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_none_or(|before| before.jwt.as_ref() != jwt) {
            *current = Some(SignedKeySet { jwt: jwt.into(), expires_at });
        }
    }
}

impl fmt::Debug for KeySetStatements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySetStatements")
            .field("audience", self.ring.audience())
            .field("signer", &self.signer.key_id())
            .finish_non_exhaustive()
    }
}

/// How far the clock of another replica may be ahead: less than verifiers forgive.
const SKEW: Duration = Duration::from_secs(30);

/// Whether the signed key set of `audience` has held `key` for `ripening` at `now`.
pub(crate) async fn vouches(
    store: &dyn StatementStore,
    audience: &Audience,
    key: &KeyId,
    ripening: Duration,
    now: UnixTime,
) -> Result<bool, BackendError> {
    let stored = store.statement(audience).await?;
    let since = stored.as_deref().and_then(Head::parse).and_then(|head| head.since(key));
    Ok(since.is_some_and(|since| since.saturating_add(ripening) <= now))
}
