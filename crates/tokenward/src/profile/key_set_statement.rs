//! Key-set statements (OpenID Federation, `signed_jwks_uri`): a key set that is signed itself, by a key
//! that whoever owns the web server, the CDN or the DNS does not have.
//!
//! `typ: jwk-set+jwt`; `iss` (who vouches), `sub` (whose keys), `iat`, `exp` and `keys` required, the
//! last by the rules of [`KeySet`] and none of them symmetric. Seven days at most from `iat` to `exp` unless
//! said otherwise, and never over 31.
//!
//! A signature alone does not keep old sets from being brought back. Two claims of our own do, where the
//! publisher writes them: `version`, a number that grows with every change of the keys, and `prev`, the
//! SHA-256 of the `keys` of the version before, in base64url. The verifier is told what it has seen last
//! ([`Seen`]), each time: there is no `verify` that could do without. It refuses a lower version
//! ([`Reason::RolledBack`]), other keys under the same version, and a next version whose `prev` is
//! another ([`Reason::Forked`]). A new signature over the same version and keys, for a later `exp`, is
//! the same version. The hash is that of the text of `keys` as it stands in the payload, so that it does
//! not depend on the signature.
//!
//! ```
//! # fn f(root: &[u8], fetched: &str, stored: Option<&tokenward::KeySetVersion>, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{IssuerId, KeySet, Seen, Subject, Verifier};
//!
//! let verifier = Verifier::key_set_statement()
//!     .issuer(IssuerId::new("https://root.example.com")?)
//!     .subject(Subject::new("https://auth.example.com")?)
//!     .keys(KeySet::parse(root)?)
//!     .build();
//! let seen = stored.map_or(Seen::Nothing, Seen::Version);
//! let statement = verifier.verify(fetched, seen, now)?;
//! println!("{} keys; keep {:?}", statement.key_set().keys().len(), statement.version());
//! # Ok(())
//! # }
//! ```

mod issue;

use std::sync::Arc;
use std::time::Duration;

pub use issue::StatementRequest;

use super::{DAY, Form, Policy, Profile, Sealed, Times, Token, Typed, is_type};
use crate::b64;
use crate::claims::{Fields, required};
use crate::crypto::sha256;
use crate::ids::{IssuerId, Subject};
use crate::json::Raw;
use crate::keyset::KeySet;
use crate::limits::LIMITS;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{Verified, Verifier, VerifierBuilder};

/// A signed key set: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct KeySetStatement;

/// The version of a key set: its number and the hash of its keys. Keep the last one that was seen, on
/// disk too: whoever restarts must not start from nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeySetVersion {
    number: u64,
    hash: [u8; 32],
}

/// What was seen last of the key set of this subject.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "something was seen, or nothing")]
pub enum Seen<'a> {
    /// Nothing yet, or nothing that had a version. Any version is taken.
    Nothing,
    /// This version. Only itself or a later one is taken.
    Version(&'a KeySetVersion),
}

/// How a statement follows what was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Succession {
    /// Nothing was seen before, or the statement has no version.
    Unknown,
    /// It is the version that was seen.
    Same,
    /// It is a later version.
    Later,
}

/// The claims of a key-set statement.
#[derive(Clone, Debug)]
pub struct KeySetClaims {
    issuer: Arc<IssuerId>,
    subject: Arc<Subject>,
    issued_at: UnixTime,
    expires_at: UnixTime,
    key_set: KeySet,
    text: Box<str>,
    version: Option<KeySetVersion>,
    previous: Option<[u8; 32]>,
    succession: Succession,
}

impl Profile for KeySetStatement {
    type Claims = KeySetClaims;
    type Addressee = Subject;
    const TYPE: &'static str = "jwk-set+jwt";
    const MAX_LIFETIME: Duration = DAY.saturating_mul(7);
    const LONGEST_LIFETIME: Duration = DAY.saturating_mul(31);
}

impl Sealed for KeySetStatement {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        is_type(typ, Self::TYPE).then_some(Typed::Itself)
    }

    fn form(&self) -> Form {
        Form::document(LIMITS.key_set_statement_bytes)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(KeySetClaims, Times), Reason> {
        let payload = token.members()?;
        let claims = Fields::of(&payload, &policy.issuer)?;
        claims.check_subject(&policy.addressee)?;
        let times = claims.times()?;
        let keys = required("keys", payload.get("keys"))?;
        let number = claims.claim("version").number()?;
        let read = KeySetClaims {
            issuer: Arc::clone(&policy.issuer),
            subject: Arc::clone(&policy.addressee),
            issued_at: required("iat", times.issued_at)?,
            expires_at: required("exp", times.expires_at)?,
            key_set: published(keys).ok_or(Reason::InvalidClaim("keys"))?,
            text: text_of(keys).into(),
            version: number.map(|number| KeySetVersion { number, hash: hash(keys) }),
            previous: previous(payload.get("prev"))?,
            succession: Succession::Unknown,
        };
        if read.previous.is_some() && read.version.is_none() {
            return Err(Reason::MissingClaim("version"));
        }
        Ok((read, times))
    }
}

/// The key set whose members are these, all public: a statement is read by everybody, and whoever reads
/// a symmetric key signs with it.
fn published(keys: Raw<'_>) -> Option<KeySet> {
    let set = KeySet::of_members(keys).ok()?;
    let symmetric = set.keys().iter().any(|key| key.algorithm().is_symmetric());
    (!symmetric).then_some(set)
}

/// The SHA-256 of the text of `keys`.
fn hash(keys: Raw<'_>) -> [u8; 32] {
    sha256(text_of(keys).as_bytes())
}

/// The text of `keys`, which are a key set's.
fn text_of(keys: Raw<'_>) -> &str {
    match keys {
        Raw::Array(text) => text,
        _ => "", // not reached: anything else was no key set
    }
}

fn previous(claim: Option<Raw<'_>>) -> Result<Option<[u8; 32]>, Reason> {
    let Some(value) = claim else { return Ok(None) };
    let parsed = value.as_str().and_then(|text| b64::decode(&text).ok()?.try_into().ok());
    parsed.map(Some).ok_or(Reason::InvalidClaim("prev"))
}

impl Verifier {
    /// Begins a verifier of [key-set statements](crate::profile::key_set_statement), whose issuer
    /// vouches for the keys of the subject.
    pub fn key_set_statement() -> VerifierBuilder<KeySetStatement> {
        VerifierBuilder::new(KeySetStatement)
    }
}

impl Verifier<KeySetStatement> {
    /// Verifies `statement` as of `now`, as what may follow what was `seen`.
    pub fn verify(
        &self,
        statement: &str,
        seen: Seen<'_>,
        now: UnixTime,
    ) -> Result<Verified<KeySetClaims>, Rejected> {
        let mut verified = self.check_timed(statement, now)?.0;
        if let Seen::Version(seen) = seen {
            let succession = verified.follows(seen)?;
            verified.claims_mut().succession = succession;
        }
        Ok(verified)
    }
}

impl KeySetClaims {
    /// `iss`: who vouches for the keys; always the issuer that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// `sub`: whose keys they are.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// `iat`: when the statement was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: until when the keys may be trusted on the word of this statement.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// `keys`: the keys. Members that we cannot use are left out, as in any key set.
    #[must_use]
    pub const fn key_set(&self) -> &KeySet {
        &self.key_set
    }

    /// The keys as the text of a key set (RFC 7517 § 5): what stands at the publisher's `jwks_uri`, byte for
    /// byte, if that has no other members.
    #[must_use]
    pub fn key_set_json(&self) -> String {
        format!(r#"{{"keys":{}}}"#, self.text)
    }

    /// The version of the keys, to be told to the next verification.
    #[must_use]
    pub const fn version(&self) -> Option<&KeySetVersion> {
        self.version.as_ref()
    }

    /// `prev`: the hash of the version before, if the publisher says it.
    #[must_use]
    pub const fn previous(&self) -> Option<&[u8; 32]> {
        self.previous.as_ref()
    }

    /// How the statement follows what was seen.
    #[must_use]
    pub const fn succession(&self) -> Succession {
        self.succession
    }

    /// Decides whether this may follow the version that was `seen`.
    fn follows(&self, seen: &KeySetVersion) -> Result<Succession, Reason> {
        // A statement without a version would be a way around all of them.
        let own = self.version.as_ref().ok_or(Reason::RolledBack)?;
        if own.number < seen.number {
            return Err(Reason::RolledBack);
        }
        if own.number == seen.number {
            return if own.hash == seen.hash { Ok(Succession::Same) } else { Err(Reason::Forked) };
        }
        let is_next = seen.number.checked_add(1) == Some(own.number);
        match self.previous {
            Some(previous) if is_next && previous != seen.hash => Err(Reason::Forked),
            _ => Ok(Succession::Later),
        }
    }
}

impl KeySetVersion {
    /// A version that was kept.
    #[must_use]
    pub const fn new(number: u64, hash: [u8; 32]) -> Self {
        Self { number, hash }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The SHA-256 of its `keys`.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}
