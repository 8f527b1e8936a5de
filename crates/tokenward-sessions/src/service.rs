//! Services: the machine clients of the authority.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, ClientId, UnixTime, crypto};

use crate::allowed::AllowedScopes;
use crate::opaque::ServiceSecret;

mod proof;
#[cfg(test)]
mod tests;

pub use proof::{InvalidServiceProof, PublicKeys, ServiceProof, SpiffeId};

/// What a service may do: a closed list.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum May {
    /// Make and end sessions.
    SessionsWrite,
    /// List sessions.
    SessionsRead,
    /// Read the confidential data beside a session.
    SessionsPrivate,
    /// Bump a subject's token version.
    SubjectsWrite,
    /// Ask whether a token is active (RFC 7662).
    Introspect,
    /// Revoke tokens, sessions and subjects.
    RevocationsWrite,
    /// Follow the revocation feed.
    RevocationsRead,
    /// Exchange tokens (RFC 8693).
    Exchange,
}

/// No such permission.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is no permission; known are {}", May::ALL.map(May::as_str).join(", "))]
#[non_exhaustive]
pub struct UnknownMay {
    /// The name found.
    pub name: String,
}

impl May {
    /// Every permission.
    pub const ALL: [Self; 8] = [
        Self::SessionsWrite,
        Self::SessionsRead,
        Self::SessionsPrivate,
        Self::SubjectsWrite,
        Self::Introspect,
        Self::RevocationsWrite,
        Self::RevocationsRead,
        Self::Exchange,
    ];

    /// Its name in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionsWrite => "sessions:write",
            Self::SessionsRead => "sessions:read",
            Self::SessionsPrivate => "sessions:private",
            Self::SubjectsWrite => "subjects:write",
            Self::Introspect => "introspect",
            Self::RevocationsWrite => "revocations:write",
            Self::RevocationsRead => "revocations:read",
            Self::Exchange => "exchange",
        }
    }
}

impl FromStr for May {
    type Err = UnknownMay;

    fn from_str(name: &str) -> Result<Self, UnknownMay> {
        Self::ALL
            .into_iter()
            .find(|may| may.as_str() == name)
            .ok_or_else(|| UnknownMay { name: name.to_owned() })
    }
}

impl fmt::Display for May {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A machine client of the authority.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a service decides on every field")]
pub struct Service {
    /// Its name, the `client_id`.
    pub name: ClientId,
    /// What it may do.
    pub may: BTreeSet<May>,
    /// The audiences within which every call of it works.
    pub audiences: BTreeSet<Audience>,
    /// What it may ask for in tokens of its own. The scopes of its users' sessions are its own decision.
    pub scopes: AllowedScopes,
    /// Whether it is a public client, which refreshes with its `client_id` alone (RFC 6749 § 2.1).
    pub public: bool,
    /// The hashes of its secrets; two while one is being replaced.
    pub secrets: Vec<StoredSecret>,
    /// What it proves itself by besides secrets. With one, it needs none.
    pub proof: Option<ServiceProof>,
    /// Whether the configuration file declares it, rather than the command line.
    pub declared: bool,
}

impl Service {
    /// Whether it may do `what`.
    #[must_use]
    pub fn may(&self, what: May) -> bool {
        self.may.contains(&what)
    }

    /// Whether it works for `audience`.
    #[must_use]
    pub fn serves(&self, audience: &Audience) -> bool {
        self.audiences.contains(audience)
    }
}

/// A service's secret, as it is stored.
#[derive(Clone, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct StoredSecret {
    /// [`ServiceSecret::hash`].
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: UnixTime,
    /// When it stops being accepted; `None` until it is replaced.
    pub ends_at: Option<UnixTime>,
    /// When it was last good for something, to within [`StoredSecret::USE_NOTED_EVERY`].
    pub last_used_at: Option<UnixTime>,
}

impl StoredSecret {
    /// That a secret was used is written down this often: a write for each call would cost more than it says.
    pub const USE_NOTED_EVERY: Duration = Duration::from_secs(10 * 60);

    /// As stored from `now` on: for `lifetime`, or until it is replaced.
    #[must_use]
    pub fn new(secret: &ServiceSecret, now: UnixTime, lifetime: Option<Duration>) -> Self {
        let ends_at = lifetime.map(|lifetime| now.saturating_add(lifetime));
        Self { hash: secret.hash(), created_at: now, ends_at, last_used_at: None }
    }

    /// Whether it is accepted at `now`.
    #[must_use]
    pub fn is_valid(&self, now: UnixTime) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
    }

    /// Whether its use at `now` is to be written down.
    #[must_use]
    pub fn is_use_news(&self, now: UnixTime) -> bool {
        self.last_used_at.is_none_or(|at| now.since(at) >= Self::USE_NOTED_EVERY)
    }
}

impl fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredSecret")
            .field("created_at", &self.created_at)
            .field("ends_at", &self.ends_at)
            .field("last_used_at", &self.last_used_at)
            .finish_non_exhaustive()
    }
}

/// Which of `service`'s secrets `secret` is at `now`; `None` if none.
///
/// # Security
///
/// Pass `None` for an unknown client: it then takes the same work as a known one with one secret, so that
/// the time tells nobody which names exist.
#[must_use]
pub fn authenticate<'a>(
    service: Option<&'a Service>,
    secret: &ServiceSecret,
    now: UnixTime,
) -> Option<&'a StoredSecret> {
    let hash = secret.hash();
    let Some(service) = service else {
        let _nobodys = crypto::constant_time_eq(&[0; 32], &hash);
        return None;
    };
    // No early exit: the answer's time does not say which secret matched.
    service.secrets.iter().fold(None, |good, stored| {
        let equal = crypto::constant_time_eq(&stored.hash, &hash);
        if stored.is_valid(now) & equal { Some(stored) } else { good }
    })
}

/// Where services are kept.
#[async_trait]
pub trait ServiceStore: Send + Sync + 'static {
    /// Every service, by name.
    async fn list_services(&self) -> Result<Vec<Service>, BackendError>;

    /// The service called `name`.
    async fn service(&self, name: &ClientId) -> Result<Option<Service>, BackendError>;

    /// Makes `service`, or takes the place of the one of that name, its secrets included.
    async fn put_service(&self, service: Service) -> Result<(), BackendError>;

    /// Removes a service; `false` if there was none.
    async fn remove_service(&self, name: &ClientId) -> Result<bool, BackendError>;

    /// Adds a secret; the newest of the earlier ones ends at `earlier_end_at` at the latest, all others at
    /// once, so that two are valid at a time. `false` if there is no such service.
    async fn add_secret(
        &self,
        name: &ClientId,
        secret: StoredSecret,
        earlier_end_at: UnixTime,
    ) -> Result<bool, BackendError>;

    /// Puts `proof` in the place of what a service proves itself by, and lets its secrets end at
    /// `secrets_end_at` at the latest; `false` if there is no such service.
    async fn set_proof(
        &self,
        name: &ClientId,
        proof: Option<ServiceProof>,
        secrets_end_at: UnixTime,
    ) -> Result<bool, BackendError>;

    /// Writes down that the secret with this hash was used at `now`.
    async fn note_secret_use(
        &self,
        name: &ClientId,
        hash: &[u8; 32],
        now: UnixTime,
    ) -> Result<(), BackendError>;
}
