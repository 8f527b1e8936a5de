//! What can go wrong with a [`KeyRing`](super::KeyRing), by whose fault it is.

use std::sync::Arc;

use tokenward::{BackendError, BackendErrorKind, KeyError, KeyId, KeySetError, UnixTime};

use crate::custody::CustodyError;
use crate::lifecycle::Inconsistent;
use crate::stored::KeyState;

/// The keys of an audience could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// The key store failed.
    #[error("the key store failed")]
    Store(#[from] BackendError),
    /// The custody failed, or a key in it is not what it should be.
    #[error(transparent)]
    Custody(Arc<CustodyError>),
    /// A stored key contradicts itself.
    #[error("the key store holds an impossible key")]
    Inconsistent(#[from] Inconsistent),
    /// A stored public key is none. Restore a backup.
    #[error("the stored public half of key `{id}` is damaged: restore a backup")]
    BadPublicKey {
        /// The key concerned.
        id: KeyId,
        /// What is wrong with it.
        #[source]
        source: KeyError,
    },
    /// The stored keys make no key set. Restore a backup.
    #[error("the stored keys make no key set")]
    KeySet(#[from] KeySetError),
    /// The audience has no such key.
    #[error("the audience has no key `{id}`: see `tokenward keys list`")]
    UnknownKey {
        /// The id that was given.
        id: KeyId,
    },
    /// The clock here and the store's differ by more than S, so nothing is planned. Set the clock.
    #[error("the clock says {local}, the key store's {store}: set the clock")]
    ClockOff {
        /// The time here.
        local: UnixTime,
        /// The store's.
        store: UnixTime,
    },
    /// The key is ripe, and the signed key set has not held it long enough: verifiers with a pinned root
    /// would refuse its tokens. The key before it goes on to sign. See whether the signer of key sets answers.
    #[error(
        "key `{id}` waits for the signed key set: see whether `keys.key_set_signer` is within reach"
    )]
    NotStated {
        /// The key that is to sign next.
        id: KeyId,
    },
    /// Others changed the keys again and again. Try again.
    #[error("others keep changing the keys of this audience: try again")]
    Contended,
    /// Cannot happen; please report it.
    #[error("impossible: {0}")]
    Bug(String),
}

impl RingError {
    /// Whether trying again may help, which makes it an outage rather than a mistake.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Store(error) => error.kind() != BackendErrorKind::Bug,
            Self::Custody(error) => {
                matches!(**error, CustodyError::Failed { .. } | CustodyError::OutOfReach { .. })
            }
            Self::Contended | Self::ClockOff { .. } | Self::NotStated { .. } => true,
            _ => false,
        }
    }

    /// Whether the custody cannot be asked now, which passes without any setting being changed.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Custody(error) if matches!(**error, CustodyError::OutOfReach { .. }))
    }

    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.kind() == BackendErrorKind::Conflict)
    }
}

impl From<CustodyError> for RingError {
    fn from(error: CustodyError) -> Self {
        Self::Custody(Arc::new(error))
    }
}

/// No rotation took place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// No standby may sign yet.
    #[error(transparent)]
    NotRipe(#[from] NotRipe),
    /// The keys could not be read or changed.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// No standby key is ripe: some verifier may not know it yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no standby key is ripe before {until}")]
#[non_exhaustive]
pub struct NotRipe {
    /// When the rotation will succeed.
    pub until: UnixTime,
}

/// A key from elsewhere was not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A symmetric key can stand in no published key set. Imported as a shared secret, it verifies old
    /// tokens at the authority alone.
    #[error(
        "a symmetric key cannot be published; say whose shared secret it is (`--shared-by ISSUER`), and \
         the authority alone verifies by it"
    )]
    Symmetric,
    /// The end date has passed, or is over a year away.
    #[error("the end date must lie ahead, a year at most")]
    EndDate,
    /// The audience has, or had, this key.
    #[error("the audience already has this key: it is `{id}`, {state}")]
    Known {
        /// Its id there.
        id: KeyId,
        /// Its state there; a compromised key cannot come back.
        state: KeyState,
    },
    /// The key is imported already, and is to end before that.
    #[error(
        "key `{id}` is imported until {until} already: its end can be brought forward, not put off"
    )]
    NotSooner {
        /// Its id.
        id: KeyId,
        /// Its end.
        until: UnixTime,
    },
    /// The key is one of ours, of another environment.
    #[error("key `{id}` is of another environment: what that one issues must not verify here")]
    OtherEnvironment {
        /// Its id there.
        id: KeyId,
    },
    /// Too many imported keys are public at once.
    #[error("the audience has {} imported keys already: wait until one ends", super::MAX_IMPORTED)]
    TooMany,
    /// The keys could not be read or changed.
    #[error(transparent)]
    Ring(#[from] RingError),
}

/// Nothing may be signed now. The server answers 503, and is not ready.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoSigner {
    /// The key store has not been read yet.
    #[error("the key store has not been read yet")]
    Unread,
    /// The key store was not read in time, so that the key may have been retired meanwhile.
    #[error("the key store was last read at {read_at}, and keys.signer_lease is over")]
    LeaseOver {
        /// When the last successful read began.
        read_at: UnixTime,
    },
    /// The clock here and the store's differ by more than S, so no time that is signed would be right.
    #[error(
        "the clock says {local}, the key store's {store}, which keys.clock_error does not allow: set the clock"
    )]
    ClockOff {
        /// The time here, when the store was last read.
        local: UnixTime,
        /// The store's.
        store: UnixTime,
    },
    /// The active key has signed for its period and a week, and nothing has replaced it.
    #[error("the active key should have been replaced long ago, and signs nothing since {end}")]
    Overdue {
        /// The end of its signing.
        end: UnixTime,
    },
    /// No key is active.
    #[error("no key is active{}", ripe(*ripe_at))]
    NoActiveKey {
        /// When a standby will be ripe, if there is one.
        ripe_at: Option<UnixTime>,
    },
    /// The active key's private half is out of reach, which passes without any setting being changed.
    #[error("the private half of the active key is out of reach")]
    OutOfReach(#[source] Arc<CustodyError>),
    /// The custody does not let the active key sign.
    #[error(transparent)]
    Custody(Arc<CustodyError>),
}

fn ripe(at: Option<UnixTime>) -> String {
    at.map(|at| format!(", the next one is ripe at {at}")).unwrap_or_default()
}
