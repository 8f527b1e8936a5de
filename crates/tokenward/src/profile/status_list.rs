//! Status list tokens (draft-ietf-oauth-status-list-21 § 5.1): the status of many tokens, in a bit or a
//! few each. [`StatusListRequest`] makes one, for tokens that name it
//! ([`TokenRequest::status`](crate::TokenRequest::status)).
//!
//! `typ: statuslist+jwt`; `sub` is the URI that the list was fetched from and that the token in question
//! names, compared whole; `iat` and `status_list` required, the latter with `bits` of 1, 2, 4 or 8 and
//! the compressed list; `exp` and `ttl` may be there. `iss` need not be, but must be right if it is: the
//! keys belong to one issuer.
//!
//! A list is fetched, not carried, and issuers let the same one stand for years (the draft's own example
//! does), so here the age counts whatever `exp` says: 24 hours since `iat` unless said otherwise, and
//! never over 31 days. After [`StatusListClaims::fresh_until`] a new one should be fetched, at
//! [`StatusListClaims::expires_at`] this one is worth nothing.
//!
//! Decompression is not the core's business: [`StatusListClaims::compressed`] gives the bytes in the
//! ZLIB format (RFC 1950), at most [`LIMITS`]`.status_list_bytes`. Cap what you inflate: a megabyte can
//! become a gigabyte. [`StatusListClaims::statuses`] says what the inflated bytes mean; an index beyond
//! the end is no valid token (§ 8.3).
//!
//! ```
//! # fn f(jwks: &[u8], fetched: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{IssuerId, KeySet, Subject, Verifier};
//!
//! let verifier = Verifier::status_list()
//!     .issuer(IssuerId::new("https://issuer.example.com")?)
//!     .subject(Subject::new("https://issuer.example.com/statuslists/1")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let list = verifier.verify(fetched, now)?;
//! println!("{} bits each, {} bytes compressed", list.bits(), list.compressed().len());
//! # Ok(())
//! # }
//! ```

mod issue;
mod statuses;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use issue::StatusListRequest;
pub use statuses::{StatusSize, Statuses};

use super::{DAY, Form, Policy, Profile, Sealed, SelfContained, Times, Token, Typed, is_type};
use crate::b64;
use crate::claims::{Fields, required};
use crate::ids::{IssuerId, Subject};
use crate::json::{Object, Raw};
use crate::limits::LIMITS;
use crate::reject::Reason;
use crate::time::UnixTime;
use crate::verify::{Verifier, VerifierBuilder};

/// The status of many tokens: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct StatusList;

/// The claims of a status list token.
#[derive(Clone, Eq, PartialEq)]
pub struct StatusListClaims {
    issuer: Arc<IssuerId>,
    uri: Arc<Subject>,
    issued_at: UnixTime,
    expires_at: UnixTime,
    time_to_live: Option<Duration>,
    size: StatusSize,
    compressed: Vec<u8>,
    aggregation_uri: Option<Box<str>>,
}

impl Profile for StatusList {
    type Claims = StatusListClaims;
    type Addressee = Subject;
    const TYPE: &'static str = "statuslist+jwt";
    const MAX_LIFETIME: Duration = DAY;
    const LONGEST_LIFETIME: Duration = DAY.saturating_mul(31);
}

impl SelfContained for StatusList {}

impl Sealed for StatusList {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        is_type(typ, Self::TYPE).then_some(Typed::Itself)
    }

    fn form(&self) -> Form {
        Form::document(LIMITS.status_list_bytes)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(StatusListClaims, Times), Reason> {
        let payload = token.members()?;
        let claims = Fields::of_perhaps(&payload, &policy.issuer)?;
        claims.check_subject(&policy.addressee)?;
        let own = claims.times()?;
        let issued_at = required("iat", own.issued_at)?;
        let oldest = issued_at.saturating_add(policy.max_lifetime);
        let expires_at = own.expires_at.map_or(oldest, |end| end.min(oldest));
        let list = List::read(payload.get("status_list"))?;
        let read = StatusListClaims {
            issuer: Arc::clone(&policy.issuer),
            uri: Arc::clone(&policy.addressee),
            issued_at,
            expires_at,
            time_to_live: time_to_live(claims)?,
            size: list.size,
            compressed: list.compressed,
            aggregation_uri: list.aggregation_uri,
        };
        Ok((read, Times { expires_at: Some(expires_at), ..own }))
    }
}

/// A positive number of seconds.
fn time_to_live(claims: Fields<'_, '_>) -> Result<Option<Duration>, Reason> {
    match claims.claim("ttl").number()? {
        Some(0) => Err(Reason::InvalidClaim("ttl")),
        seconds => Ok(seconds.map(Duration::from_secs)),
    }
}

/// What `status_list` holds (draft-ietf-oauth-status-list § 4.2).
struct List {
    size: StatusSize,
    compressed: Vec<u8>,
    aggregation_uri: Option<Box<str>>,
}

impl List {
    fn read(claim: Option<Raw<'_>>) -> Result<Self, Reason> {
        let value = required("status_list", claim)?;
        Self::parse(value).ok_or(Reason::InvalidClaim("status_list"))
    }

    fn parse(value: Raw<'_>) -> Option<Self> {
        let list = Object::parse(value.as_object_text()?.as_bytes()).ok()?;
        let size = StatusSize::of_bits(u8::try_from(list.get("bits")?.as_u64()?).ok()?)?;
        let compressed = b64::decode(&list.get("lst")?.as_str()?).ok()?;
        let aggregation_uri = match list.get("aggregation_uri") {
            Some(uri) => Some(uri.as_str()?.into()),
            None => None,
        };
        (!compressed.is_empty()).then_some(Self { size, compressed, aggregation_uri })
    }
}

impl Verifier {
    /// Begins a verifier of [status list tokens](crate::profile::status_list), whose subject is the URI
    /// of the list.
    pub fn status_list() -> VerifierBuilder<StatusList> {
        VerifierBuilder::new(StatusList)
    }
}

impl StatusListClaims {
    /// The issuer whose keys the verifier trusts, whether or not the token names it.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// `sub`: the URI of the list.
    #[must_use]
    pub fn uri(&self) -> &Subject {
        &self.uri
    }

    /// `iat`: when the list was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When the list ends: its `exp`, or the oldest that the verifier takes, whichever comes first.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// When a new one should be fetched: `iat` and `ttl`, but not after the end.
    #[must_use]
    pub fn fresh_until(&self) -> UnixTime {
        let until = self.time_to_live.map(|ttl| self.issued_at.saturating_add(ttl));
        until.map_or(self.expires_at, |until| until.min(self.expires_at))
    }

    /// How many bits each status has: 1, 2, 4 or 8.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.size.bits()
    }

    /// What the list says, once whoever has a decompressor has inflated [`Self::compressed`].
    ///
    /// ```
    /// # fn inflate(compressed: &[u8], at_most: usize) -> std::io::Result<Vec<u8>> { Ok(vec![]) }
    /// # fn f(list: &tokenward::StatusListClaims, index: u64) -> std::io::Result<()> {
    /// let statuses = list.statuses(inflate(list.compressed(), 1 << 24)?);
    /// if statuses.get(index) != Some(tokenward::Statuses::VALID) {
    ///     println!("refused");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn statuses(&self, bytes: Vec<u8>) -> Statuses {
        Statuses::of_bytes(self.size, bytes)
    }

    /// The list, compressed in the ZLIB format (RFC 1950).
    #[must_use]
    pub fn compressed(&self) -> &[u8] {
        &self.compressed
    }

    /// `aggregation_uri`: where the URIs of all lists of this issuer are (§ 9).
    #[must_use]
    pub fn aggregation_uri(&self) -> Option<&str> {
        self.aggregation_uri.as_deref()
    }
}

/// Shows which list it is and how long, and not the list.
impl fmt::Debug for StatusListClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusListClaims")
            .field("uri", &self.uri.as_str())
            .field("issued_at", &self.issued_at.as_secs())
            .field("expires_at", &self.expires_at.as_secs())
            .field("bits", &self.size.bits())
            .field("compressed_bytes", &self.compressed.len())
            .finish_non_exhaustive()
    }
}
