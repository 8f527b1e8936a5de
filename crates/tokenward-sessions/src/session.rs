//! A session: one login of one subject on one device.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};
use tokenward::{
    Audience, ClientId, Scope, SessionId, Subject, Thumbprint, TokenVersion, UnixTime,
};

/// A stored name is none that this version knows.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is no {what}")]
#[non_exhaustive]
pub struct UnknownName {
    /// What was being parsed.
    pub what: &'static str,
    /// The name found.
    pub name: String,
}

macro_rules! names {
    ($type:ident, $what:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $type {
            /// Its name, in the API and in stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownName { what: $what, name: name.to_owned() }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use names;

/// Where the client keeps its tokens.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// It holds them itself and sends the access token as `Bearer`.
    Token,
    /// In `__Host-` cookies that no script can read.
    Cookie,
    /// A JWE that scripts may hold; its key is in a cookie.
    Sealed,
}

names!(Delivery, "delivery", Token => "token", Cookie => "cookie", Sealed => "sealed");

/// What a refresh asks for besides the refresh token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RefreshMode {
    /// Nothing.
    Plain,
    /// A passkey's assertion with user verification.
    Passkey,
}

names!(RefreshMode, "refresh mode", Plain => "plain", Passkey => "passkey");

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum EndReason {
    /// Its holder logged out.
    LoggedOut,
    /// A service ended it.
    Service,
    /// An administrator ended it.
    Administrator,
    /// A spent refresh token was used again: one of two holders is a thief.
    RefreshReused,
    /// The subject's token version was bumped.
    VersionBumped,
    /// A refresh token of it was handed in for revocation (RFC 7009).
    TokenRevoked,
    /// Its first token could not be signed, so nobody ever held it.
    Undelivered,
}

names!(
    EndReason, "reason for a session's end",
    LoggedOut => "logged_out",
    Service => "service",
    Administrator => "administrator",
    RefreshReused => "refresh_reused",
    VersionBumped => "version_bumped",
    TokenRevoked => "token_revoked",
    Undelivered => "undelivered",
);

/// A session to be made.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a session decides on every field")]
pub struct NewSession {
    /// Its id, the `sid` of its tokens: random, never used before.
    pub id: SessionId,
    /// Who logged in.
    pub subject: Subject,
    /// Which audience the tokens are for.
    pub audience: Audience,
    /// Which client may refresh it.
    pub client_id: ClientId,
    /// What its tokens may do.
    pub scope: Scope,
    /// Private claims, already checked against the audience's allow-list.
    pub claims: Map<String, Value>,
    /// Confidential data kept beside the session, already sealed by the caller.
    pub private: Option<Vec<u8>>,
    /// What the user knows the device by.
    pub device: Option<String>,
    /// By what the store recognizes the device.
    pub device_mark: DeviceMark,
    /// Where the client keeps its tokens.
    pub delivery: Delivery,
    /// What a refresh asks for.
    pub refresh_mode: RefreshMode,
    /// The key that its tokens are bound to (RFC 9449), if they are: no refresh without a proof by it.
    pub bound_to: Option<Thumbprint>,
    /// When it is made.
    pub created_at: UnixTime,
    /// When the user proved who they are.
    pub auth_time: UnixTime,
    /// When it ends, however often it is refreshed.
    pub ends_at: UnixTime,
    /// The hash of its first refresh token.
    pub refresh_hash: [u8; 32],
    /// When that token ends; a store caps it at `ends_at`.
    pub refresh_ends_at: UnixTime,
    /// Set if the caller may retry.
    pub idempotency: Option<Idempotency>,
}

impl fmt::Debug for NewSession {
    /// Ids and times alone: claims, private data and hashes stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("id", &self.id)
            .field("audience", &self.audience)
            .field("client_id", &self.client_id)
            .field("delivery", &self.delivery)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}

/// A device of a subject in an audience, by hashes under a key that the store has not: who reads the store learns
/// from them neither whose device it is nor which.
#[derive(Clone, Copy, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a session decides on every field")]
pub struct DeviceMark {
    /// The subject and the audience.
    pub owner: [u8; 32],
    /// The device; `None` if nothing tells it from others.
    pub device: Option<[u8; 32]>,
}

impl fmt::Debug for DeviceMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceMark").field("known", &self.device.is_some()).finish_non_exhaustive()
    }
}

/// So long after the end of a session its device is remembered.
pub const DEVICE_MEMORY: Duration = Duration::from_secs(90 * 86_400);
/// The most devices of one subject in one audience that are remembered; the one that was used longest ago goes.
pub const DEVICES: usize = 100;

/// A session that began.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct Begun {
    /// Its number, in the order in which sessions were made.
    pub number: u64,
    /// The session, as it is now.
    pub session: Session,
    /// Where it began on a device that was not remembered: how many others of the subject were.
    pub new_device_beside: Option<u32>,
}

/// What a retried request is recognized by, and what it is answered with.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "a caller decides on every field")]
pub struct Idempotency {
    /// Hash of the caller, the route and the `Idempotency-Key`.
    pub key_hash: [u8; 32],
    /// Hash of the request: another one under the same key is a conflict.
    pub request_hash: [u8; 32],
    /// The answer to give again, sealed by the caller.
    pub sealed_answer: Vec<u8>,
    /// When the key may be forgotten.
    pub ends_at: UnixTime,
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}

/// What came of making a session.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Created {
    /// The subject's token version, as of the same transaction.
    pub version: TokenVersion,
    /// The sealed answer of the earlier request with the same idempotency key; nothing was made then.
    pub replay: Option<Vec<u8>>,
}

impl Created {
    /// A session was made for a subject at `version`.
    #[must_use]
    pub const fn new(version: TokenVersion) -> Self {
        Self { version, replay: None }
    }

    /// Nothing was made: this `answer` was given before.
    #[must_use]
    pub const fn replayed(version: TokenVersion, answer: Vec<u8>) -> Self {
        Self { version, replay: Some(answer) }
    }
}

impl fmt::Debug for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Created")
            .field("version", &self.version)
            .field("replayed", &self.replay.is_some())
            .finish_non_exhaustive()
    }
}

/// A stored session. Its confidential data is read apart, by `SessionStore::private`.
#[derive(Clone, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct Session {
    /// Its id, the `sid` of its tokens.
    pub id: SessionId,
    /// Who logged in.
    pub subject: Subject,
    /// Which audience the tokens are for.
    pub audience: Audience,
    /// Which client may refresh it.
    pub client_id: ClientId,
    /// What its tokens may do.
    pub scope: Scope,
    /// Private claims.
    pub claims: Map<String, Value>,
    /// What the user knows the device by.
    pub device: Option<String>,
    /// Where the client keeps its tokens.
    pub delivery: Delivery,
    /// What a refresh asks for.
    pub refresh_mode: RefreshMode,
    /// The key that its tokens are bound to (RFC 9449), if they are: no refresh without a proof by it.
    pub bound_to: Option<Thumbprint>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When the user proved who they are.
    pub auth_time: UnixTime,
    /// When it ends, however often it is refreshed.
    pub ends_at: UnixTime,
    /// When it was last refreshed, or made.
    pub last_used_at: UnixTime,
    /// Set once it has ended before its time.
    pub ended: Option<Ended>,
    /// The subject's token version when this was read.
    pub version: TokenVersion,
}

impl Session {
    /// Whether the session still lives at `now`.
    #[must_use]
    pub fn is_live(&self, now: UnixTime) -> bool {
        self.ended.is_none() && now < self.ends_at
    }

    /// Whether a proof by `key`, or none, is what the session asks for (RFC 9449 § 5).
    #[must_use]
    pub fn is_proven_by(&self, key: Option<&Thumbprint>) -> bool {
        self.bound_to.as_ref().is_none_or(|bound| key == Some(bound))
    }
}

impl fmt::Debug for Session {
    /// Ids and times alone: claims stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("audience", &self.audience)
            .field("client_id", &self.client_id)
            .field("delivery", &self.delivery)
            .field("ends_at", &self.ends_at)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// The end of a session before its time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct Ended {
    /// When.
    pub at: UnixTime,
    /// Why.
    pub why: EndReason,
}
