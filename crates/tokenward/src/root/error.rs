//! What can be wrong with the files of a root, and with what is trusted on their word.

use crate::alg::Algorithm;
use crate::json::JsonError;
use crate::reject::Reason;

/// A root's file is not what it should be, or cannot be made as asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// The file is not JSON as we read it.
    #[error("it is unreadable")]
    Json(#[from] JsonError),
    /// The file is longer than [`LIMITS`](crate::limits::LIMITS) allow, or has more roots, keys,
    /// issuers or signatures.
    #[error("it is too large")]
    TooLarge,
    /// The file has another shape than the [module](super) says.
    #[error("it is no file of a root: {0}")]
    Malformed(&'static str),
    /// The threshold is not from 1 to the number of keys.
    #[error("the threshold must be from 1 to the number of keys")]
    Threshold,
    /// A root key is no Ed25519 key named by its thumbprint, or there twice.
    #[error("root keys are different Ed25519 keys, each named by its thumbprint")]
    RootKey,
    /// The signer is a symmetric key or has no name.
    #[error("the signer of key sets is a public key with a `kid`")]
    Signer,
    /// A document ends before it begins, or lives too long: a root three years, a delegation one.
    #[error("it must end after it begins, a root within three years and a delegation within one")]
    Lifetime,
    /// The versions of the roots do not follow one another.
    #[error("its roots do not follow one another")]
    Gap,
    /// Too few of the root keys have signed. More holders must.
    #[error("{document} has {have} of the {need} signatures that it needs")]
    Unsigned {
        /// Which document.
        document: &'static str,
        /// How many root keys have signed it.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// The delegation is of another root than the last one: a rotation ends it. Delegate again.
    #[error("the delegation is of another root than the last one")]
    OtherRoot,
    /// The key that was to sign is none of the root's.
    #[error("this key is none of the root's")]
    NotARootKey,
    /// The crypto library could not sign.
    #[error(transparent)]
    Sign(#[from] crate::key::SignFailed),
}

/// A key set is not trusted, and why. The last good one goes on.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// The chain from the root to the signer does not hold.
    #[error("the chain from the root to the signer of the key set")]
    Chain(#[from] RootError),
    /// A later root was seen before: this chain is of a time when other keys were trusted.
    #[error("the chain ends in an older root than was seen")]
    RootRolledBack,
    /// The last root of the chain has expired.
    #[error("the root has expired")]
    RootExpired,
    /// The chain has no delegation.
    #[error("the root delegates nobody")]
    NoDelegation,
    /// A later delegation was seen before, or pinned.
    #[error("the delegation is older than one that was seen or pinned")]
    DelegationRolledBack,
    /// The delegation has expired.
    #[error("the delegation has expired")]
    DelegationExpired,
    /// The delegation is not valid yet.
    #[error("the delegation is not valid yet")]
    DelegationNotYetValid,
    /// The delegation is not for this issuer.
    #[error("the delegation is not for this issuer")]
    IssuerNotDelegated,
    /// The statement is signed by another key than the one delegated.
    #[error("the key set is signed by a key that was not delegated")]
    SignerNotDelegated,
    /// A key of the set is for an algorithm that the delegation does not name.
    #[error("the key set holds a key for {0}, which the delegation does not name")]
    AlgorithmNotDelegated(Algorithm),
    /// The statement is no good itself.
    #[error("the key-set statement is no good: {0}")]
    Statement(Reason),
}

impl Distrust {
    /// The label for metrics: snake case, one of a closed list.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Chain(RootError::Unsigned { .. }) => "unsigned",
            Self::Chain(RootError::Gap) => "gap",
            Self::Chain(RootError::OtherRoot) => "other_root",
            Self::Chain(_) => "chain",
            Self::RootRolledBack => "root_rolled_back",
            Self::RootExpired => "root_expired",
            Self::NoDelegation => "no_delegation",
            Self::DelegationRolledBack => "delegation_rolled_back",
            Self::DelegationExpired => "delegation_expired",
            Self::DelegationNotYetValid => "delegation_not_yet_valid",
            Self::IssuerNotDelegated => "issuer_not_delegated",
            Self::SignerNotDelegated => "signer_not_delegated",
            Self::AlgorithmNotDelegated(_) => "algorithm_not_delegated",
            Self::Statement(reason) => reason.as_str(),
        }
    }
}
