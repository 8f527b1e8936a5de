//! One revocation as it travels: in frames, and in the bodies of snapshots.

use serde::{Deserialize, Serialize};
use tokenward::{Jti, KeyId, TokenVersion, UnixTime};

use super::wire;
use crate::{Fingerprint, Fingerprints, Revocation, Scope, Seq};

/// One revocation, as it travels.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a message is made of all of its members")]
pub struct Item {
    /// Its number; none, and zero here, in a snapshot.
    #[serde(default, skip_serializing_if = "Seq::is_zero", with = "wire::number")]
    pub seq: Seq,
    /// When it may be forgotten.
    #[serde(with = "wire::number")]
    pub ends_at: UnixTime,
    /// What is revoked.
    #[serde(rename = "scope")]
    pub fact: Fact,
}

impl Item {
    /// `revocation` as it travels: without the reason and without who decided.
    #[must_use]
    pub fn of(revocation: &Revocation, fingerprints: &Fingerprints) -> Self {
        Self {
            seq: revocation.seq,
            ends_at: revocation.ends_at,
            fact: Fact::of(&revocation.scope, fingerprints),
        }
    }
}

/// What a revocation is about, as it travels: [`Scope`] with subjects and sessions fingerprinted.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Fact {
    /// [`Scope::Jti`].
    #[serde(rename = "jti", with = "wire::text")]
    Jti(Jti),
    /// [`Scope::Session`].
    #[serde(rename = "sid", with = "wire::text")]
    Session(Fingerprint),
    /// [`Scope::Subject`].
    #[serde(rename = "sub")]
    Subject {
        /// Whose tokens.
        #[serde(rename = "id", with = "wire::text")]
        subject: Fingerprint,
        /// The lowest version still accepted.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_number")]
        version: Option<TokenVersion>,
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
    /// [`Scope::Version`].
    #[serde(rename = "ver")]
    Version {
        /// Whose tokens.
        #[serde(rename = "id", with = "wire::text")]
        subject: Fingerprint,
        /// The lowest version still accepted.
        #[serde(with = "wire::number")]
        below: TokenVersion,
    },
    /// [`Scope::Key`].
    #[serde(rename = "kid", with = "wire::text")]
    Key(KeyId),
    /// [`Scope::Audience`].
    #[serde(rename = "aud")]
    Audience {
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
    /// [`Scope::Issuer`].
    #[serde(rename = "iss")]
    Issuer {
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
}

impl Fact {
    /// `scope` with its subject or session fingerprinted.
    #[must_use]
    pub fn of(scope: &Scope, fingerprints: &Fingerprints) -> Self {
        match scope {
            Scope::Jti(jti) => Self::Jti(jti.clone()),
            Scope::Session(id) => Self::Session(fingerprints.session(id)),
            Scope::Subject { subject, version, issued_up_to } => Self::Subject {
                subject: fingerprints.subject(subject),
                version: *version,
                issued_up_to: *issued_up_to,
            },
            Scope::Version { subject, below } => {
                Self::Version { subject: fingerprints.subject(subject), below: *below }
            }
            Scope::Key(id) => Self::Key(id.clone()),
            Scope::Audience { issued_up_to } => Self::Audience { issued_up_to: *issued_up_to },
            Scope::Issuer { issued_up_to } => Self::Issuer { issued_up_to: *issued_up_to },
        }
    }
}
