//! Custody: where private keys live, and who signs with them.
//!
//! **Invariant:** a private key leaves its custody in no call of these traits. What goes out is a
//! signature, or a handle that only the custody can use.

pub mod backoff;
mod in_process;
mod kek;
mod memory;
pub mod names;
mod pulled;
mod sealed;
mod secret_json;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokenward::crypto::low_s;
use tokenward::{
    Algorithm, Audience, InvalidId, IssuerId, KeyId, SigningKey, UnixTime, VerifyingKey,
};

pub use kek::{Kek, KekError, Passphrase, PassphraseCost};
pub use memory::Memory;
pub use pulled::{DocumentError, Documents, Kept, Pulled};
pub use sealed::Sealed;
pub use secret_json::secret_json;

use crate::order::{KeyLabel, KeyOrder};
use crate::stored::StoredKey;

#[cfg(test)]
mod tests;

/// What a custody is told about the key it is to make.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever orders a key must decide on all of it")]
pub struct NewKey {
    /// The audience whose tokens the key will sign.
    pub audience: Audience,
    /// The `iss` of these tokens.
    pub issuer: IssuerId,
    /// The one algorithm of the key.
    pub algorithm: Algorithm,
    /// The time of the order; the handle is bound to it.
    pub created_at: UnixTime,
    /// What the `kid` begins with, for example `prod`: it shows at a glance where a token came from.
    pub kid_prefix: String,
    /// What the custody must be able to find the key by in [`Custody::abandon`], if it
    /// [holds it elsewhere](Custody::holds_elsewhere).
    pub label: KeyLabel,
}

impl NewKey {
    /// The `kid` of the key with this public half: `PREFIX-THUMBPRINT` (RFC 7638).
    ///
    /// It fails only if the prefix is no text for an id.
    pub fn key_id(&self, public: &VerifyingKey) -> Result<KeyId, InvalidId> {
        KeyId::new(format!("{}-{}", self.kid_prefix, public.thumbprint()))
    }
}

/// A key that a custody has made, not yet stored.
#[non_exhaustive]
pub struct MadeKey {
    /// The public half; its `kid` is `PREFIX-THUMBPRINT` (RFC 7638).
    pub public: VerifyingKey,
    /// What the custody needs in order to sign with it.
    pub handle: Vec<u8>,
}

impl MadeKey {
    /// The key with this public half and this handle.
    #[must_use]
    pub const fn new(public: VerifyingKey, handle: Vec<u8>) -> Self {
        Self { public, handle }
    }
}

impl fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeKey").field("id", &self.public.key_id()).finish_non_exhaustive()
    }
}

/// A place where private keys live.
#[async_trait]
pub trait Custody: Send + Sync + 'static {
    /// Its name in the configuration and in [`StoredKey::custody`].
    fn name(&self) -> &'static str;

    /// Whether it makes keys of `algorithm`: what is asked of it at a start, before anything is made.
    fn holds(&self, algorithm: Algorithm) -> bool {
        !algorithm.is_symmetric()
    }

    /// Whether the custody can be reached and lets us hold keys of `audience`, before any is asked for: what
    /// `check` asks.
    async fn check(&self, audience: &Audience) -> Result<(), CustodyError>;

    /// Whether private halves are anywhere but in the handle, so that one can outlast the row that lost it,
    /// or never have had a row. Whoever says so implements [`Self::abandon`] too.
    fn holds_elsewhere(&self) -> bool {
        false
    }

    /// The settings that say where the keys are, for whoever has to correct them.
    fn settings(&self) -> &'static str {
        "keys.custody"
    }

    /// Makes a key.
    async fn generate(&self, spec: &NewKey) -> Result<MadeKey, CustodyError>;

    /// Takes `key` in. A custody whose keys never leave it takes none:
    /// [`NoImport`](CustodyError::NoImport).
    async fn import(&self, spec: &NewKey, key: SigningKey) -> Result<MadeKey, CustodyError>;

    /// Whoever signs with `key`, whose tokens bear `issuer`.
    async fn signer(
        &self,
        issuer: &IssuerId,
        key: &StoredKey,
    ) -> Result<Arc<dyn Signer>, CustodyError>;

    /// What the custody will look for when it destroys `key`, as its handle says.
    ///
    /// The store may be written to by others. Before anything is destroyed, this is compared, so that neither an
    /// order nor the row of another key takes a key away that signs. `None` if the handle does not tell.
    fn name_of_key(&self, key: &StoredKey) -> Option<String>;

    /// What the custody will look for in [`Self::abandon`], to be compared with [`Self::name_of_key`]. `None` if
    /// an order does not tell.
    fn name_of_order(&self, order: &KeyOrder) -> Option<String>;

    /// Destroys the private half of `key`, whose row has just lost its handle. Safe to repeat.
    async fn destroy(&self, key: &StoredKey) -> Result<(), CustodyError>;

    /// Destroys whatever was made under the label of `order`, which nobody has stored and nobody will; there
    /// may be nothing. Safe to repeat.
    ///
    /// The default is for a custody whose handle is all there is of a private half.
    async fn abandon(&self, _order: &KeyOrder) -> Result<(), CustodyError> {
        Ok(())
    }
}

/// Signs with one private key.
#[async_trait]
pub trait Signer: Send + Sync + fmt::Debug + 'static {
    /// The `kid` for the token's header.
    fn key_id(&self) -> &KeyId;

    /// The `alg` for the token's header.
    fn algorithm(&self) -> Algorithm;

    /// The signature over `input`, in the form that a JWS carries (RFC 7518 § 3).
    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, CustodyError>;
}

/// `signature`, which `custody` gave for `input`, if it is one of the key with this `public` half: whoever signs
/// elsewhere is not believed. An ECDSA signature leaves in the one form of ours, [low s](low_s).
pub fn verified(
    custody: &'static str,
    key: &KeyId,
    public: &VerifyingKey,
    input: &[u8],
    mut signature: Vec<u8>,
) -> Result<Vec<u8>, CustodyError> {
    if public.verify(input, &signature) {
        low_s(public.algorithm(), &mut signature);
        Ok(signature)
    } else {
        Err(CustodyError::WrongSignature { custody, key: key.clone() })
    }
}

/// A custody could not make a key, or sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CustodyError {
    /// The store key is not the one that the private key was sealed with: the row was brought here from
    /// another store.
    #[error(
        "key `{key}` was sealed in another store ({sealed_with}, not {given}): restore the store that \
         it came from, or rotate"
    )]
    OtherStoreKey {
        /// The key concerned.
        key: KeyId,
        /// The identifier of the store key that it was sealed with.
        sealed_with: String,
        /// The identifier of the one at hand.
        given: String,
    },
    /// The private key belongs to the tokens of another issuer. An issuer that is renamed needs new keys.
    #[error(
        "key `{key}` was made for the issuer {made_for}: restore that `issuer`, or start with new keys"
    )]
    OtherIssuer {
        /// The key concerned.
        key: KeyId,
        /// The issuer that it signs for.
        made_for: String,
    },
    /// The sealed private key is not what was stored. Restore a backup, or rotate.
    #[error(
        "the private half of key `{key}` is damaged or was altered: restore a backup, or rotate"
    )]
    Damaged {
        /// The key concerned.
        key: KeyId,
    },
    /// There is no private half of the key: it has been destroyed, or it is lost, and whoever could know says
    /// so. A custody that cannot tell is [`OutOfReach`](Self::OutOfReach).
    #[error("key `{key}` has no private half")]
    NoPrivateHalf {
        /// The key concerned.
        key: KeyId,
    },
    /// The key is in another custody than the configured one. A custody that is changed needs new keys.
    #[error(
        "key `{key}` is in custody `{held_by}`: restore `keys.custody`, or start with new keys"
    )]
    OtherCustody {
        /// The key concerned.
        key: KeyId,
        /// The custody that holds it.
        held_by: String,
    },
    /// The custody has none of the keys that sign, or will: it is hardly the one that they were made in. Nothing is
    /// given up, and no key is made there.
    #[error(
        "custody `{custody}` has none of the keys that should sign, so it is hardly the one that they were made in: \
         correct {settings}; if they are lost indeed, `tokenward keys rotate`"
    )]
    AnotherPlace {
        /// The custody concerned.
        custody: &'static str,
        /// The settings that say where it is.
        settings: &'static str,
    },
    /// The custody cannot hold keys of this algorithm.
    #[error("custody `{custody}` holds no {algorithm} keys")]
    Unsupported {
        /// The custody concerned.
        custody: &'static str,
        /// The algorithm asked for.
        algorithm: Algorithm,
    },
    /// The custody makes its keys itself.
    #[error("custody `{custody}` takes no key in: it makes its own, which never leave it")]
    NoImport {
        /// The custody concerned.
        custody: &'static str,
    },
    /// The key that the custody holds is not one to sign with.
    #[error("key `{key}` is not fit to sign in custody `{custody}`: {why}")]
    Unfit {
        /// The custody concerned.
        custody: &'static str,
        /// The key concerned.
        key: KeyId,
        /// What is wrong with it, and the mend.
        why: String,
    },
    /// The signature that the custody gave is none of the key's. It was not handed on.
    #[error(
        "custody `{custody}` gave a signature that is none of key `{key}`: look for a fault there"
    )]
    WrongSignature {
        /// The custody concerned.
        custody: &'static str,
        /// The key concerned.
        key: KeyId,
    },
    /// The custody cannot be asked now: it is away, sealed, throttled or slow, which passes without any setting
    /// being changed. Try again.
    #[error("custody `{custody}` is out of reach")]
    OutOfReach {
        /// The custody concerned.
        custody: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The custody refused, or made no sense. Look at its settings, and try again.
    #[error("custody `{custody}` failed")]
    Failed {
        /// The custody concerned.
        custody: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
