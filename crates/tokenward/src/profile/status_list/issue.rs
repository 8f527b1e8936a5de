//! Making status list tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::{StatusList, StatusSize};
use crate::alg::Algorithm;
use crate::b64;
use crate::ids::{IssuerId, KeyId, Subject};
use crate::issue::{IssueError, Unsigned};
use crate::limits::LIMITS;
use crate::profile::Profile;
use crate::time::UnixTime;

/// A status list token to be (draft-ietf-oauth-status-list § 5.1).
///
/// ```
/// # fn zlib(bytes: &[u8]) -> Vec<u8> { bytes.to_vec() }
/// # fn sign(_: &[u8]) -> Vec<u8> { vec![] }
/// # fn f(id: tokenward::KeyId, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use tokenward::{Algorithm, IssuerId, StatusListRequest, StatusSize, Statuses, Subject};
///
/// let mut statuses = Statuses::valid(StatusSize::One, 1 << 20);
/// assert!(statuses.set(7, Statuses::INVALID));
/// let list = StatusListRequest {
///     issuer: &IssuerId::new("https://issuer.example.com")?,
///     uri: &Subject::new("https://issuer.example.com/statuslists/1")?,
///     size: statuses.size(),
///     compressed: &zlib(statuses.as_bytes()), // RFC 1950, by a crate of yours
///     aggregation_uri: None,
///     issued_at: now,
///     expires_at: now.saturating_add(Duration::from_secs(60)),
///     time_to_live: Duration::from_secs(10),
/// };
/// let unsigned = list.prepare(&id, Algorithm::Es256)?;
/// let signature = sign(unsigned.signing_input());
/// let token = unsigned.assemble(&signature);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a list must decide on all of it")]
pub struct StatusListRequest<'a> {
    /// Whose tokens they are: `iss`, by which our verifiers choose the keys.
    pub issuer: &'a IssuerId,
    /// Where the list is, as the tokens in question name it: `sub`.
    pub uri: &'a Subject,
    /// How many bits each status has.
    pub size: StatusSize,
    /// [`Statuses::as_bytes`](super::Statuses::as_bytes) in the ZLIB format (RFC 1950).
    pub compressed: &'a [u8],
    /// Where the URIs of all lists of this issuer are (§ 9).
    pub aggregation_uri: Option<&'a str>,
    /// When its statuses were so: `iat`.
    pub issued_at: UnixTime,
    /// When it is worth nothing any more: `exp`; 31 days after it was made at the latest.
    pub expires_at: UnixTime,
    /// After which time a new one should be fetched: `ttl`, in whole seconds, at least one.
    pub time_to_live: Duration,
}

impl StatusListRequest<'_> {
    /// Makes all of the token but its signature, which the key named `id` will make with `algorithm`.
    pub fn prepare(&self, id: &KeyId, algorithm: Algorithm) -> Result<Unsigned, IssueError> {
        let issued_at = self.issued_at.floor_secs();
        let longest = issued_at.saturating_add(StatusList::LONGEST_LIFETIME);
        let expires_at = self.expires_at.floor_secs().min(longest);
        if expires_at <= issued_at {
            return Err(IssueError::AlreadyEnded);
        }
        let mut list = json!({ "bits": self.size.bits(), "lst": b64::encode(self.compressed) });
        if let (Some(uri), Some(list)) = (self.aggregation_uri, list.as_object_mut()) {
            list.insert("aggregation_uri".to_owned(), Value::from(uri));
        }
        let payload = json!({
            "iss": self.issuer.as_str(),
            "sub": self.uri.as_str(),
            "iat": issued_at.as_secs(),
            "exp": expires_at.as_secs(),
            "ttl": self.time_to_live.as_secs().max(1),
            "status_list": list,
        })
        .to_string();
        let most = LIMITS.status_list_bytes.saturating_sub(Unsigned::LONGEST_SIGNATURE);
        Unsigned::of_payload(StatusList::TYPE, (id, algorithm), &payload, most, expires_at)
    }
}
