//! Who signs key sets, of whom, of which kind, and for how long.

use std::time::Duration;

use serde_json::{Value, json};

use super::{LONGEST_DELEGATION, Root, RootError, time};
use crate::alg::Algorithm;
use crate::b64;
use crate::ids::IssuerId;
use crate::json::Raw;
use crate::key::VerifyingKey;
use crate::limits::LIMITS;
use crate::time::UnixTime;

/// A delegation to be: see [`RootChain::delegate`](super::RootChain::delegate).
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever delegates must decide on all of it")]
pub struct NewDelegation {
    /// The key that will sign key sets; it has a name.
    pub signer: VerifyingKey,
    /// The issuers whose key sets it may sign, each whole.
    pub issuers: Vec<IssuerId>,
    /// What the keys in these sets may be for.
    pub algorithms: Vec<Algorithm>,
    /// When it is made. Of two delegations the later one counts.
    pub issued_at: UnixTime,
    /// From when on it counts.
    pub not_before: UnixTime,
    /// For how long from then: a year at most.
    pub lifetime: Duration,
}

/// The word of the root that a key may sign key sets.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// The hash of the root that delegates: no later one does by the same word.
    root: [u8; 32],
    signer: VerifyingKey,
    issuers: Vec<IssuerId>,
    algorithms: Vec<Algorithm>,
    issued_at: UnixTime,
    not_before: UnixTime,
    expires_at: UnixTime,
}

impl Delegation {
    /// The key that signs key sets.
    #[must_use]
    pub const fn signer(&self) -> &VerifyingKey {
        &self.signer
    }

    /// The issuers whose key sets it may sign.
    #[must_use]
    pub fn issuers(&self) -> &[IssuerId] {
        &self.issuers
    }

    /// What the keys in these sets may be for.
    #[must_use]
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// When it was made.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// From when on it counts.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// Until when.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// Checks that it is `root` that delegates. A key that stands in two roots signs for the one it had in
    /// mind, so that a rotation ends every delegation before it.
    pub(super) fn must_be_of(&self, root: &Root) -> Result<(), RootError> {
        if self.root == root.hash { Ok(()) } else { Err(RootError::OtherRoot) }
    }

    pub(super) fn new(root: &Root, new: &NewDelegation) -> Result<Self, RootError> {
        let not_before = new.not_before.floor_secs();
        let delegation = Self {
            root: root.hash,
            signer: new.signer.clone(),
            issuers: new.issuers.clone(),
            algorithms: new.algorithms.clone(),
            issued_at: new.issued_at.floor_secs(),
            not_before,
            expires_at: not_before.saturating_add(new.lifetime).floor_secs(),
        };
        delegation.checked()
    }

    pub(super) fn read(payload: &[u8]) -> Result<Self, RootError> {
        const SHAPE: RootError = RootError::Malformed("a delegation has other members");
        let names = ["root", "signer", "issuers", "algorithms", "iat", "nbf", "exp"];
        let object = super::exactly(payload, &names, &[]).ok_or(SHAPE)?;
        let list = |name| object.get(name).and_then(Raw::as_array).ok_or(SHAPE);
        let signer = object.get("signer").and_then(Raw::as_object_text).ok_or(SHAPE)?;
        let issuer = |one: Raw<'_>| IssuerId::new(one.as_str()?.into_owned()).ok();
        let algorithm = |one: Raw<'_>| Algorithm::from_name(&one.as_str()?);
        let root = object.get("root").and_then(Raw::as_str).ok_or(SHAPE)?;
        let root = b64::decode(&root).map_err(|_| SHAPE)?;
        let delegation = Self {
            root: root.try_into().map_err(|_| SHAPE)?,
            signer: VerifyingKey::from_jwk(signer.as_bytes()).map_err(|_| RootError::Signer)?,
            issuers: list("issuers")?
                .into_iter()
                .map(issuer)
                .collect::<Option<_>>()
                .ok_or(SHAPE)?,
            algorithms: list("algorithms")?
                .into_iter()
                .map(algorithm)
                .collect::<Option<_>>()
                .ok_or(SHAPE)?,
            issued_at: time(&object, "iat").ok_or(SHAPE)?,
            not_before: time(&object, "nbf").ok_or(SHAPE)?,
            expires_at: time(&object, "exp").ok_or(SHAPE)?,
        };
        delegation.checked()
    }

    pub(super) fn to_payload(&self) -> Value {
        let issuers: Vec<_> = self.issuers.iter().map(IssuerId::as_str).collect();
        let algorithms: Vec<_> = self.algorithms.iter().map(|one| one.as_str()).collect();
        json!({
            "root": b64::encode(&self.root),
            "signer": self.signer.to_jwk(),
            "issuers": issuers,
            "algorithms": algorithms,
            "iat": self.issued_at.as_secs(),
            "nbf": self.not_before.as_secs(),
            "exp": self.expires_at.as_secs(),
        })
    }

    fn checked(self) -> Result<Self, RootError> {
        if self.issuers.len() > LIMITS.delegated_issuers
            || self.algorithms.len() > Algorithm::ALL.len()
        {
            return Err(RootError::TooLarge);
        }
        if self.issuers.is_empty() {
            return Err(RootError::Malformed("a delegation names at least one issuer"));
        }
        if self.algorithms.is_empty() || self.algorithms.iter().any(|one| one.is_symmetric()) {
            return Err(RootError::Malformed("a delegation names public-key algorithms"));
        }
        if self.signer.algorithm().is_symmetric() || self.signer.key_id().is_none() {
            return Err(RootError::Signer);
        }
        let life = self.expires_at.since(self.not_before);
        let is_fit = !life.is_zero() && life <= LONGEST_DELEGATION;
        if is_fit { Ok(self) } else { Err(RootError::Lifetime) }
    }
}
