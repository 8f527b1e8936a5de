//! What can go wrong between us and Redis, each with its mend.

use redis::{ErrorKind, RedisError, ServerErrorKind};
use tokenward::{Audience, BackendError};

use crate::address::RedisAddress;

/// Redis did not do what it was asked. Nothing is lost: the store has it, and it is written when
/// Redis is back.
///
/// `revocation.feed…` in the texts are settings of `tokenward.toml`, `feed.redis…` those of `gate.toml`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisFault {
    /// No connection, or no answer in time.
    #[error(
        "Redis cannot be reached at {place}: look at revocation.feed (of a gate: feed.redis) and the network"
    )]
    Unreachable {
        /// The address that was tried.
        place: String,
        /// What came instead of an answer.
        #[source]
        source: RedisError,
    },
    /// Its certificate is not one that is trusted, or not for this name.
    #[error(
        "the certificate of Redis at {place} is not trusted: look at revocation.feed_ca (of a gate: feed.redis_ca)"
    )]
    Untrusted {
        /// The address that was tried.
        place: String,
        /// What is wrong with it.
        #[source]
        source: RedisError,
    },
    /// The user name or the password is wrong, or one is missing.
    #[error(
        "Redis refuses who we are: look at the user name in revocation.feed, and at \
         revocation.feed_password (of a gate: feed.redis, feed.redis_password)"
    )]
    Refused(#[source] RedisError),
    /// The user lacks a right.
    #[error("Redis does not let us: give the user the rights that docs/revocation-redis.md names")]
    NotAllowed(#[source] RedisError),
    /// It is a replica, which takes no writes.
    #[error("Redis is read-only: revocation.feed names a replica, or a fail-over is under way")]
    ReadOnly(#[source] RedisError),
    /// `maxmemory` is reached.
    #[error("Redis is full: raise its maxmemory")]
    Full(#[source] RedisError),
    /// It may throw keys away.
    #[error(
        "Redis forgets keys when it is full (maxmemory-policy {policy}), and a revocation that is \
         forgotten is none: set maxmemory-policy noeviction"
    )]
    Evicts {
        /// The policy.
        policy: String,
    },
    /// The part of the cluster that has our keys, or the master that the Sentinels should know, is not
    /// there.
    #[error(
        "Redis has no master for our keys: the cluster or its Sentinels are in a fail-over, or down"
    )]
    NoMaster(#[source] RedisError),
    /// It is reading its file.
    #[error("Redis is still loading its data")]
    Loading(#[source] RedisError),
    /// It does not want to write, as when its own disk is full.
    #[error("Redis takes no writes")]
    Stopped(#[source] RedisError),
    /// A key of ours is of another kind.
    #[error("somebody else has written to our keys: delete those that begin with {prefix}")]
    Foreign {
        /// The prefix.
        prefix: String,
        /// What Redis said.
        #[source]
        source: RedisError,
    },
    /// The client cannot be made from these settings.
    #[error("revocation.feed or revocation.feed_ca cannot be used")]
    Settings(#[source] RedisError),
    /// An audience has a name that means something else in Redis.
    #[error("an audience cannot be called `{name}`, which has a meaning of its own in Redis")]
    Reserved {
        /// The name.
        name: Audience,
    },
    /// An answer that makes no sense.
    #[error("Redis answers what was not expected: is revocation.feed that of a Redis?")]
    Odd(#[source] RedisError),
    /// The store could not be read, so nothing can be repaired from it.
    #[error("Redis lacks revocations, and the store cannot be read")]
    Store(#[source] BackendError),
    /// Redis says each time that something else has been written meanwhile.
    #[error("the head in Redis keeps changing: do two stores share the environment's name?")]
    Contended,
}

impl RedisFault {
    /// What `error` means at `address`.
    pub(crate) fn of(address: &RedisAddress, error: RedisError) -> Self {
        let place = || address.to_string();
        match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) | (_, Some("WRONGPASS" | "NOAUTH")) => {
                Self::Refused(error)
            }
            (ErrorKind::Server(ServerErrorKind::NoPerm), _) => Self::NotAllowed(error),
            _ if error.detail().is_some_and(is_of_rights) => Self::NotAllowed(error),
            (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => Self::ReadOnly(error),
            (_, Some("OOM")) => Self::Full(error),
            (_, Some("MISCONF" | "NOREPLICAS")) => Self::Stopped(error),
            (_, Some("WRONGTYPE")) => {
                Self::Foreign { prefix: "{tw:…}:".to_owned(), source: error }
            }
            (
                ErrorKind::Server(
                    ServerErrorKind::ClusterDown
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::Moved
                    | ServerErrorKind::TryAgain,
                )
                | ErrorKind::ClusterConnectionNotFound
                | ErrorKind::MasterNameNotFoundBySentinel,
                _,
            ) => Self::NoMaster(error),
            (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => Self::Loading(error),
            (ErrorKind::InvalidClientConfig, _) => Self::Settings(error),
            (ErrorKind::Io, _) if error.to_string().contains("certificate") => {
                Self::Untrusted { place: place(), source: error }
            }
            (ErrorKind::Io, _) => Self::Unreachable { place: place(), source: error },
            _ => Self::Odd(error),
        }
    }

    /// A label for metrics.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Untrusted { .. } => "untrusted",
            Self::Refused(_) => "refused",
            Self::NotAllowed(_) => "not_allowed",
            Self::ReadOnly(_) => "read_only",
            Self::Full(_) => "full",
            Self::Evicts { .. } => "evicts",
            Self::NoMaster(_) => "no_master",
            Self::Loading(_) => "loading",
            Self::Stopped(_) => "stopped",
            Self::Foreign { .. } => "foreign",
            Self::Settings(_) => "settings",
            Self::Reserved { .. } => "reserved",
            Self::Odd(_) => "odd",
            Self::Store(_) => "store",
            Self::Contended => "contended",
        }
    }
}

/// What a script may not do has no code of its own, but words: the first are those of Redis 7.0, the others
/// of Valkey 9.1.
fn is_of_rights(said: &str) -> bool {
    said.contains("user executing the script") || said.contains("ACL failure in script")
}
