//! Signed key sets, for verifiers that pin an offline root.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tokenward::root::RootChain;
use tokenward::{KeyId, UnixTime, VerifyingKey};
use tokenward_keys::{KeySetStatements, Signer, StatementStore};

use super::Authority;
use super::audience::AudienceState;
use super::discovery::cacheable;
use super::error::ApiError;
use super::lamp::Lamp;
use super::segment::Segment;

/// Who signs the key sets, and on whose word.
#[expect(clippy::exhaustive_structs, reason = "whoever signs key sets must give every part")]
pub struct KeySetSigning {
    /// Signs every key set: the key that the root has delegated.
    pub signer: Arc<dyn Signer>,
    /// Its public half, as the root names it.
    pub public: VerifyingKey,
    /// Where the last signed key set of each audience is kept.
    pub store: Arc<dyn StatementStore>,
    /// How long a signed key set counts; it is renewed at half of that.
    pub lifetime: Duration,
    /// The file that leads from the root to the signer, as it is published
    /// ([`RootChain`](tokenward::root::RootChain)).
    pub chain: Arc<str>,
    /// A newer key to sign with, which the root has not delegated yet.
    pub next: Option<KeyId>,
}

impl fmt::Debug for KeySetSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySetSigning")
            .field("signer", &self.signer)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// The signed key set of one audience.
pub(super) struct Stated {
    pub(super) statements: KeySetStatements,
    pub(super) chain: Arc<str>,
    pub(super) lamp: Lamp,
    term: Option<Term>,
    ending: Lamp,
    next: Option<KeyId>,
}

/// From when until when the root vouches for the signer.
#[derive(Clone, Copy, Debug)]
struct Term {
    begins_at: UnixTime,
    ends_at: UnixTime,
}

/// Holders of root keys must be found and brought together, which takes weeks.
#[derive(Debug, thiserror::Error)]
#[error("{} days are left; sign another with `tokenward root delegate`", left.as_secs() / DAY)]
struct EndsSoon {
    left: Duration,
}

const DAY: u64 = 86_400;

impl Term {
    /// The first end of what leads to the signer; `None` if the chain cannot be read.
    fn of(chain: &str) -> Option<Self> {
        let chain = RootChain::parse(chain.as_bytes()).ok()?;
        let delegation = chain.delegation().ok()??;
        let root = chain.verified().ok()?;
        let ends_at = delegation.expires_at().min(root.expires_at());
        Some(Self { begins_at: delegation.not_before(), ends_at })
    }

    /// Refuses the last third.
    fn check(self, now: UnixTime) -> Result<(), EndsSoon> {
        let left = self.ends_at.since(now);
        let third = self.ends_at.since(self.begins_at).checked_div(3).unwrap_or_default();
        if left > third { Ok(()) } else { Err(EndsSoon { left }) }
    }
}

impl KeySetSigning {
    /// What an operator is told of `key`, a signer that waits for its delegation.
    #[must_use]
    pub fn waits(key: &KeyId) -> String {
        format!(
            "the newer signer of key sets, {key}, waits for its delegation: `tokenward keys signer` prints it, for \
             `tokenward root delegate`"
        )
    }

    /// The signed key sets of `ring`.
    pub(super) fn of(&self, ring: &Arc<tokenward_keys::KeyRing>) -> Stated {
        let (store, signer) = (Arc::clone(&self.store), Arc::clone(&self.signer));
        Stated {
            statements: KeySetStatements::new(
                Arc::clone(ring),
                store,
                signer,
                self.public.clone(),
                self.lifetime,
            ),
            chain: Arc::clone(&self.chain),
            lamp: Lamp::new("the key set cannot be signed"),
            term: Term::of(&self.chain),
            ending: Lamp::new("the delegation of the signer of key sets ends soon"),
            next: self.next.clone(),
        }
    }
}

impl Authority {
    /// Signs every key set that has changed or whose statement grows old.
    ///
    /// The clockwork does this each second, apart from the rotation: the signer may be slow.
    pub async fn state_key_sets(&self) {
        for stated in self.audiences.values().filter_map(|audience| audience.stated.as_ref()) {
            stated.lamp.show(&stated.statements.tick(self.clock.now()).await);
        }
        // All audiences have one delegation: it is said once.
        if let Some((stated, term)) = self.delegated() {
            stated.ending.show(&term.check(self.clock.now()));
        }
    }

    /// For how long the root still vouches for the signer of key sets; `None` if none is named.
    #[must_use]
    pub fn delegation_left(&self) -> Option<Duration> {
        self.delegated().map(|(_, term)| term.ends_at.since(self.clock.now()))
    }

    /// The newer key to sign key sets with that the root has not delegated yet, if there is one.
    #[must_use]
    pub fn signer_that_waits(&self) -> Option<&KeyId> {
        self.audiences.values().find_map(|audience| audience.stated.as_ref()?.next.as_ref())
    }

    fn delegated(&self) -> Option<(&Stated, Term)> {
        let stated = self.audiences.values().find_map(|audience| audience.stated.as_ref())?;
        Some((stated, stated.term?))
    }
}

impl AudienceState {
    /// Why verifiers with a pinned root have no key set, if they have none.
    pub(super) fn unstated(&self, authority: &Authority) -> Option<String> {
        let stated = self.stated.as_ref()?;
        let none = stated.statements.current(authority.clock.now()).is_none();
        none.then(|| format!("audience {}: there is no signed key set", self.name))
    }
}

/// `GET /audiences/{aud}/jwks.jwt`: the key set, signed (OpenID Federation 1.0, `signed_jwks_uri`).
pub(super) async fn signed_key_set(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    let stated = audience.stated.as_ref().ok_or_else(ApiError::not_found)?;
    let now = authority.clock.now();
    let signed = stated.statements.current(now).ok_or_else(ApiError::unavailable)?;
    let body = signed.jwt.to_string();
    Ok(cacheable(audience, &headers, "application/jwk-set+jwt", body))
}

/// `GET /audiences/{aud}/root-chain.json`: how the root leads to whoever signs the key set.
pub(super) async fn root_chain(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    let stated = audience.stated.as_ref().ok_or_else(ApiError::not_found)?;
    Ok(cacheable(audience, &headers, "application/json", stated.chain.to_string()))
}
