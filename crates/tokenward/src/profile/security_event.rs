//! Security event tokens (RFC 8417): one service tells another that something has happened to a subject.
//!
//! `typ: secevent+jwt`; `iss`, `iat`, `jti` and `events` required, as § 2.2 has it, and `aud` too: an
//! event for everybody is an event that anybody can pass on. `events` is an object of objects, with one
//! at least. `exp` need not be there (§ 2.2 advises against it): then the age counts, an hour at most
//! since `iat` unless said otherwise, and never over seven days. `txn`, `toe`, `sub` and `sub_id` (RFC
//! 9493) are read where they are.
//!
//! A token says that something has happened; whether to act on it is for the receiver. The same token
//! can come twice (RFC 8935 § 2): remember [`EventClaims::token_id`]. [`SecurityEventRequest`] makes one.
//!
//! ```
//! # fn f(jwks: &[u8], token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Verifier};
//!
//! #[derive(serde::Deserialize)]
//! struct SessionRevoked {
//!     event_timestamp: Option<u64>,
//! }
//! let kind = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
//!
//! let verifier = Verifier::security_event()
//!     .issuer(IssuerId::new("https://transmitter.example.com")?)
//!     .audience(Audience::foreign("https://receiver.example.com/events")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(token, now)?;
//! if let Some(event) = claims.event::<SessionRevoked>(kind) {
//!     println!("at {:?}: {:?}", event?.event_timestamp, claims.subject_id());
//! }
//! # Ok(())
//! # }
//! ```

mod issue;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use issue::{SESSION_ESTABLISHED, SESSION_REVOKED, SecurityEventRequest};
use serde::Deserialize;

use super::events::Events;
use super::{DAY, Policy, Profile, Sealed, SelfContained, Times, Token, Typed, is_type};
use crate::claims::{Fields, required};
use crate::ids::{Audience, IssuerId, Jti, Subject};
use crate::json::{Object, Raw, ReadError, from_str};
use crate::reject::Reason;
use crate::time::UnixTime;
use crate::verify::{Verifier, VerifierBuilder};

/// That something has happened: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SecurityEvent;

/// The claims of a security event token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventClaims {
    issuer: Arc<IssuerId>,
    audience: Arc<Audience>,
    token_id: Jti,
    issued_at: UnixTime,
    expires_at: Option<UnixTime>,
    happened_at: Option<UnixTime>,
    transaction: Option<Box<str>>,
    subject: Option<Subject>,
    subject_id: Option<SubjectId>,
    events: Events,
}

/// Whom or what an event is about: a subject identifier (RFC 9493).
#[derive(Clone, Eq, PartialEq)]
pub struct SubjectId {
    format: Box<str>,
    text: Box<str>,
}

/// The formats of RFC 9493 § 3.2 whose members are strings, with those members.
const FORMATS: [(&str, &[&str]); 7] = [
    ("account", &["uri"]),
    ("email", &["email"]),
    ("iss_sub", &["iss", "sub"]),
    ("opaque", &["id"]),
    ("phone_number", &["phone_number"]),
    ("did", &["url"]),
    ("uri", &["uri"]),
];

impl Profile for SecurityEvent {
    type Claims = EventClaims;
    type Addressee = Audience;
    const TYPE: &'static str = "secevent+jwt";
    const MAX_LIFETIME: Duration = Duration::from_secs(60 * 60);
    const LONGEST_LIFETIME: Duration = DAY.saturating_mul(7);
}

impl SelfContained for SecurityEvent {}

impl Sealed for SecurityEvent {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        is_type(typ, Self::TYPE).then_some(Typed::Itself)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(EventClaims, Times), Reason> {
        let payload = token.members()?;
        let claims = Fields::of(&payload, &policy.issuer)?;
        claims.claim("aud").required()?.audiences(&policy.addressee)?;
        let times = claims.times()?;
        let read = EventClaims {
            issuer: Arc::clone(&policy.issuer),
            audience: Arc::clone(&policy.addressee),
            token_id: claims.required_id("jti", Jti::fits, Jti::fitting)?,
            issued_at: required("iat", times.issued_at)?,
            expires_at: times.expires_at,
            happened_at: claims.claim("toe").date()?,
            transaction: claims.text("txn")?,
            subject: claims.id("sub", Subject::fits, Subject::fitting)?,
            subject_id: SubjectId::read(payload.get("sub_id"))?,
            events: Events::read(claims)?,
        };
        Ok((read, times))
    }
}

impl Verifier {
    /// Begins a verifier of [security event tokens](crate::profile::security_event).
    pub fn security_event() -> VerifierBuilder<SecurityEvent> {
        VerifierBuilder::new(SecurityEvent)
    }
}

impl EventClaims {
    /// `iss`: who says so; always the issuer that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// The receiver that the verifier is, which `aud` names.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// `jti`: the name of this one token, to know it again.
    #[must_use]
    pub const fn token_id(&self) -> &Jti {
        &self.token_id
    }

    /// `iat`: when the token was issued, which may be after the event.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: when the token ends, if it says so.
    #[must_use]
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.expires_at
    }

    /// `toe`: when it happened, if the token says so.
    #[must_use]
    pub const fn happened_at(&self) -> Option<UnixTime> {
        self.happened_at
    }

    /// `txn`: what ties this token to others of the same cause.
    #[must_use]
    pub fn transaction(&self) -> Option<&str> {
        self.transaction.as_deref()
    }

    /// `sub`: whom it is about, by the issuer's name for them.
    #[must_use]
    pub const fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    /// `sub_id`: whom or what it is about.
    #[must_use]
    pub const fn subject_id(&self) -> Option<&SubjectId> {
        self.subject_id.as_ref()
    }

    /// The kinds of the events, each a URI; at least one.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.events.kinds()
    }

    /// What the event of this kind says, as `T`; `None` if the token has no such event. By the rules of
    /// [`json`](crate::json).
    #[must_use]
    pub fn event<'a, T: Deserialize<'a>>(&'a self, kind: &str) -> Option<Result<T, ReadError>> {
        self.events.get(kind)
    }
}

impl SubjectId {
    /// `format`: how the subject is named; one of those of RFC 9493 § 3.2, or another that the two
    /// services have agreed on.
    #[must_use]
    pub fn format(&self) -> &str {
        &self.format
    }

    /// The issuer and the subject in it, of the format `iss_sub`: the same pair as in tokens.
    #[must_use]
    pub fn issuer_and_subject(&self) -> Option<(IssuerId, Subject)> {
        #[derive(Deserialize)]
        struct Pair {
            iss: Box<str>,
            sub: Box<str>,
        }
        let Pair { iss, sub } =
            (*self.format == *"iss_sub").then(|| self.members::<Pair>().ok()).flatten()?;
        Some((IssuerId::new(iss).ok()?, Subject::new(sub).ok()?))
    }

    /// All of it, as `T`, by the rules of [`json`](crate::json).
    pub fn members<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ReadError> {
        from_str(&self.text)
    }

    fn read(claim: Option<Raw<'_>>) -> Result<Option<Self>, Reason> {
        let Some(value) = claim else { return Ok(None) };
        Self::parse(value).map(Some).ok_or(Reason::InvalidClaim("sub_id"))
    }

    fn parse(value: Raw<'_>) -> Option<Self> {
        let text = value.as_object_text()?;
        let object = Object::parse(text.as_bytes()).ok()?;
        let format = object.get("format")?.as_str()?;
        let whole = match FORMATS.iter().find(|(name, _)| *name == format) {
            Some((_, members)) => has_only(&object, members),
            None if format == "aliases" => is_aliases(&object),
            // RFC 9493 § 3.1 leaves the registry open; what is in it the receiver must know.
            None => !format.is_empty(),
        };
        whole.then(|| Self { format: format.as_ref().into(), text: text.into() })
    }
}

/// Shows how the subject is named, and not the name: it may be an address of a person.
impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectId").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Whether the object has these members, each a string that is not empty, and no others but `format`
/// (RFC 9493 § 3).
fn has_only(object: &Object<'_>, members: &[&str]) -> bool {
    let filled =
        |name: &&str| object.get(name).and_then(Raw::as_str).is_some_and(|text| !text.is_empty());
    members.iter().all(filled) && object.iter().count() == members.len().saturating_add(1)
}

/// RFC 9493 § 3.2.8: identifiers of one subject, none of them aliases again.
fn is_aliases(object: &Object<'_>) -> bool {
    let Some(all) = object.get("identifiers").and_then(Raw::as_array) else { return false };
    let simple = |one: Raw<'_>| SubjectId::parse(one).is_some_and(|id| *id.format != *"aliases");
    !all.is_empty() && object.iter().count() == 2 && all.into_iter().all(simple)
}
