//! From a pinned root to a key set, or to the reason why not.

use super::chain::{delegated, follows};
use super::{Delegation, Distrust, Root, RootChain, RootError, TrustState};
use crate::ids::{IssuerId, Subject};
use crate::keyset::KeySet;
use crate::profile::Profile;
use crate::profile::key_set_statement::{KeySetClaims, KeySetStatement, Seen};
use crate::reject::Reason;
use crate::time::UnixTime;
use crate::verify::{LEEWAY, Verified, Verifier};

/// A root that is trusted because somebody has put it there. Clones are cheap enough.
///
/// The [module](super) shows it whole.
#[derive(Clone, Debug)]
pub struct PinnedRoot {
    root: Root,
    /// When the delegation was made that was pinned with it: no earlier one is taken.
    delegated_at: UnixTime,
}

/// A key set that the root vouches for.
#[derive(Clone, Debug)]
pub struct TrustedKeys {
    claims: Verified<KeySetClaims>,
    expires_at: UnixTime,
    state: TrustState,
}

impl PinnedRoot {
    /// Pins the last root of a [`RootChain`], which must be signed by enough of its keys.
    ///
    /// It may have expired: a chain with a later root may still follow. If the chain has a delegation, which
    /// must be signed too, no earlier one is taken: so a verifier that has just started, and has seen
    /// nothing, still refuses a signer that was replaced before.
    ///
    /// # Security
    ///
    /// Whoever can change this file decides whom the verifier trusts. Bring it with the program or its
    /// configuration, never from where the key sets come from.
    pub fn parse(json: &[u8]) -> Result<Self, RootError> {
        let chain = RootChain::parse(json)?;
        let root = chain.verified()?;
        let delegation = chain.delegation.map(|signed| delegated(&root, &signed)).transpose()?;
        let delegated_at = delegation.map_or_else(UnixTime::default, |one| one.issued_at());
        Ok(Self { root, delegated_at })
    }

    /// The root that is pinned.
    #[must_use]
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// Whom the root delegates as of `now`, by a `chain` that may begin anywhere before or after the pin.
    pub fn delegate_of(
        &self,
        chain: &RootChain,
        issuer: &IssuerId,
        seen: &TrustState,
        now: UnixTime,
    ) -> Result<Delegation, Distrust> {
        Ok(self.walk(chain, issuer, seen, now)?.1)
    }

    /// Verifies that the root vouches for the `statement` about the keys of `issuer` as of `now`, by way
    /// of the `chain` that was published beside it, after what was `seen`.
    pub fn verify(
        &self,
        chain: &[u8],
        statement: &str,
        issuer: &IssuerId,
        seen: &TrustState,
        now: UnixTime,
    ) -> Result<TrustedKeys, Distrust> {
        let chain = RootChain::parse(chain)?;
        let (root, delegation) = self.walk(&chain, issuer, seen, now)?;
        let claims = statement_by(&delegation, statement, issuer, seen, now)?;
        for key in claims.key_set().keys() {
            if !delegation.algorithms().contains(&key.algorithm()) {
                return Err(Distrust::AlgorithmNotDelegated(key.algorithm()));
            }
        }
        let expires_at = claims.expires_at().min(delegation.expires_at()).min(root.expires_at);
        let state = TrustState {
            root: root.version,
            delegated_at: delegation.issued_at(),
            signer: Some(delegation.signer().thumbprint()),
            key_set: claims.version().copied(),
        };
        Ok(TrustedKeys { claims, expires_at, state })
    }

    /// The last root that the chain leads to from the pinned one, and its delegation for `issuer`.
    fn walk(
        &self,
        chain: &RootChain,
        issuer: &IssuerId,
        seen: &TrustState,
        now: UnixTime,
    ) -> Result<(Root, Delegation), Distrust> {
        let mut last = self.root.clone();
        for signed in &chain.roots {
            let root = Root::read(&signed.payload()?)?;
            // What came before the pin is history, whatever it says.
            if root.version > last.version {
                follows(Some(&last), &root, signed)?;
                last = root;
            }
        }
        if last.version < seen.root {
            return Err(Distrust::RootRolledBack);
        }
        if now >= last.expires_at {
            return Err(Distrust::RootExpired);
        }
        let signed = chain.delegation.as_ref().ok_or(Distrust::NoDelegation)?;
        let delegation = delegated(&last, signed)?;
        if delegation.issued_at() < seen.delegated_at.max(self.delegated_at) {
            return Err(Distrust::DelegationRolledBack);
        }
        if now >= delegation.expires_at() {
            return Err(Distrust::DelegationExpired);
        }
        if delegation.not_before() > now.saturating_add(LEEWAY) {
            return Err(Distrust::DelegationNotYetValid);
        }
        if !delegation.issuers().contains(issuer) {
            return Err(Distrust::IssuerNotDelegated);
        }
        Ok((last, delegation))
    }
}

fn statement_by(
    delegation: &Delegation,
    statement: &str,
    issuer: &IssuerId,
    seen: &TrustState,
    now: UnixTime,
) -> Result<Verified<KeySetClaims>, Distrust> {
    let keys = KeySet::from_keys([delegation.signer().clone()])
        .map_err(|_| Distrust::Chain(RootError::Signer))?;
    let subject =
        Subject::new(issuer.as_str()).map_err(|_| Distrust::Statement(Reason::WrongSubject))?;
    let verifier = Verifier::key_set_statement()
        .issuer(issuer.clone())
        .subject(subject)
        .keys(keys)
        .max_lifetime(KeySetStatement::MAX_LIFETIME)
        .build();
    let seen = seen.key_set_under(delegation).map_or(Seen::Nothing, Seen::Version);
    let claims =
        verifier.verify(statement, seen, now).map_err(|rejected| match *rejected.reason() {
            Reason::UnknownKey => Distrust::SignerNotDelegated,
            reason => Distrust::Statement(reason),
        })?;
    // Without a number, an old set could not be told from a new one.
    match claims.version() {
        Some(_) => Ok(claims),
        None => Err(Distrust::Statement(Reason::MissingClaim("version"))),
    }
}

impl TrustedKeys {
    /// The keys.
    #[must_use]
    pub fn key_set(&self) -> &KeySet {
        self.claims.key_set()
    }

    /// The statement that they stood in.
    #[must_use]
    pub fn statement(&self) -> &KeySetClaims {
        &self.claims
    }

    /// Until when they may be trusted without asking again: the first end of statement, delegation and
    /// root.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// What to remember for the next verification.
    #[must_use]
    pub const fn state(&self) -> &TrustState {
        &self.state
    }
}
