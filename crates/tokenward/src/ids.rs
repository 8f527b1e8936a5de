//! Identifiers that never mix, each parsed once at the edge.
//!
//! An identifier is an opaque map key: it is compared, never interpreted, never a path or a query.

use std::borrow::Borrow;
use std::fmt;

/// An identifier was empty, too long, or held a character it may not hold.
///
/// ```
/// let error = tokenward::KeyId::new("my key").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "key id must be 1 to 256 characters, visible ASCII without spaces, quotes or backslashes",
/// );
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{what} must be 1 to {max} characters, {charset}")]
#[non_exhaustive]
pub struct InvalidId {
    /// What was being parsed, for example `audience`.
    pub what: &'static str,
    /// The longest allowed, in bytes.
    pub max: usize,
    /// The characters allowed, in words.
    pub charset: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $charset:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Box<str>);

        impl $name {
            /// The longest such identifier, in bytes.
            pub const MAX_LEN: usize = $max;

            /// Parses `text`; [`InvalidId`] names what is wrong with it.
            pub fn new(text: impl Into<Box<str>>) -> Result<Self, InvalidId> {
                let text = text.into();
                if !Self::fits(&text) {
                    return Err(InvalidId { what: $what, max: $max, charset: $charset });
                }
                Ok(Self::fitting(text))
            }

            /// The identifier as it stands in a token.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether `text` is one.
            pub(crate) fn fits(text: &str) -> bool {
                let ok: fn(&str) -> bool = $ok;
                !text.is_empty() && text.len() <= Self::MAX_LEN && ok(text)
            }

            /// One whose text was seen to fit.
            pub(crate) fn fitting(text: impl Into<Box<str>>) -> Self {
                Self(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }
    };
}

id! {
    /// The `iss` of a token: an absolute URL in our own tokens, any visible text in foreign ones.
    ///
    /// ```
    /// let issuer = tokenward::IssuerId::new("https://auth.example.com/audiences/billing-api")?;
    /// assert!(issuer.to_string().starts_with("https://")); // compared whole, never in part
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    IssuerId, "issuer", 512, "visible ASCII without spaces, quotes or backslashes", visible
}
id! {
    /// The name of an audience: a service that accepts tokens, with its own keys and policy.
    ///
    /// It stands in URLs, so it is a plain name.
    ///
    /// ```
    /// use tokenward::{Audience, InvalidId};
    ///
    /// let audience = Audience::new("billing-api")?;
    /// assert_eq!(audience.as_str(), "billing-api");
    /// assert!(Audience::new("../secrets").is_err());
    ///
    /// let error = Audience::new("https://api.example.com").unwrap_err().to_string();
    /// assert!(error.ends_with("that of another issuer may be a URL: `Audience::foreign`"));
    /// # Ok::<(), InvalidId>(())
    /// ```
    Audience,
    "audience",
    128,
    "letters, digits, `-`, `_` and `.`, no `.` first; that of another issuer may be a URL: `Audience::foreign`",
    name
}
id! {
    /// The `sub` of a token: a user, opaque to us, or `client:NAME` for a service.
    ///
    /// ```
    /// use tokenward::Subject;
    ///
    /// assert!(!Subject::new("ada")?.is_client());
    /// assert!(Subject::new("client:invoices")?.is_client());
    /// assert!(Subject::new("").is_err());
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    Subject, "subject", 256, "anything but control characters", text
}
id! {
    /// The `sid` of a token: one login of one subject on one device.
    ///
    /// ```
    /// assert_eq!(tokenward::SessionId::new("s-1")?.as_str(), "s-1");
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    SessionId, "session id", 128, "visible ASCII without spaces, quotes or backslashes", visible
}
id! {
    /// The `jti` of a token. [`Jti::random`] makes a fresh one.
    Jti, "token id", 256, "visible ASCII without spaces, quotes or backslashes", visible
}
id! {
    /// The `kid` of a key: compared, never interpreted.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeyId, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("2026-08")?);
    /// assert_eq!(key.verifying_key().key_id().map(KeyId::as_str), Some("2026-08"));
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    KeyId, "key id", 256, "visible ASCII without spaces, quotes or backslashes", visible
}
id! {
    /// The `client_id` of a token: the name of a service, a machine client of the authority.
    ///
    /// ```
    /// assert_eq!(tokenward::ClientId::new("web")?.to_string(), "web");
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    ClientId, "client id", 256, "visible ASCII without spaces, quotes or backslashes", visible
}
id! {
    /// The SHA-256 thumbprint of a key (RFC 7638): the `jkt` that a token is bound by (RFC 9449 § 6.1).
    ///
    /// ```
    /// use tokenward::Thumbprint;
    ///
    /// assert!(Thumbprint::new("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k").is_ok());
    /// assert!(Thumbprint::new("kPrK").is_err());
    /// ```
    Thumbprint, "key thumbprint", 43, "base64url of 32 bytes", thumbprint
}
id! {
    /// The SHA-256 thumbprint of a client certificate: the `x5t#S256` that a token is bound by (RFC 8705
    /// § 3.1).
    ///
    /// ```
    /// use tokenward::CertificateThumbprint;
    ///
    /// assert!(CertificateThumbprint::new("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0").is_ok());
    /// assert!(CertificateThumbprint::new("6f070ad1eb1cdc0082dc3076639fe5112b1713ca").is_err()); // SHA-1
    /// ```
    CertificateThumbprint, "certificate thumbprint", 43, "base64url of 32 bytes", thumbprint
}
id! {
    /// The name of an Application Load Balancer of AWS:
    /// `arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID`. For
    /// [`Preset::AwsLoadBalancer`](crate::Preset::AwsLoadBalancer).
    LoadBalancerArn, "load balancer ARN", 512, "the ARN of an application load balancer", load_balancer
}

impl Audience {
    /// The audience of a foreign issuer, whose name need not be plain: often it is a URL.
    ///
    /// # Security
    ///
    /// For verifying only. Such a name must not reach a path, a file name or a store.
    ///
    /// ```
    /// let audience = tokenward::Audience::foreign("https://api.example.com/")?;
    /// assert_eq!(audience.as_str(), "https://api.example.com/");
    /// # Ok::<(), tokenward::InvalidId>(())
    /// ```
    pub fn foreign(text: impl Into<Box<str>>) -> Result<Self, InvalidId> {
        // Held to the rule of an issuer, which may be a URL as well.
        let IssuerId(text) =
            IssuerId::new(text).map_err(|error| InvalidId { what: "audience", ..error })?;
        Ok(Self(text))
    }
}

impl CertificateThumbprint {
    /// The thumbprint of a certificate (DER), of which nothing else is looked at.
    ///
    /// ```
    /// let der = b"the bytes of a certificate";
    /// let thumbprint = tokenward::CertificateThumbprint::of(der);
    /// assert_eq!(thumbprint, tokenward::CertificateThumbprint::of(der));
    /// assert_eq!(thumbprint.as_str().len(), 43);
    /// ```
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self::of_hash(&crate::crypto::sha256(der))
    }

    /// The thumbprint of the certificate with this SHA-256, as proxies tell it.
    ///
    /// ```
    /// use tokenward::{CertificateThumbprint, crypto::sha256};
    ///
    /// let of_hash = CertificateThumbprint::of_hash(&sha256(b"a certificate"));
    /// assert_eq!(of_hash, CertificateThumbprint::of(b"a certificate"));
    /// ```
    #[must_use]
    pub fn of_hash(sha256: &[u8; 32]) -> Self {
        Self(crate::b64::encode(sha256).into())
    }
}

impl Jti {
    /// A fresh name: 128 random bits, in base64url.
    ///
    /// ```
    /// use tokenward::Jti;
    ///
    /// assert_eq!(Jti::random().as_str().len(), 22);
    /// assert_ne!(Jti::random(), Jti::random());
    /// ```
    #[must_use]
    pub fn random() -> Self {
        // base64url is within the characters that a name may hold.
        Self(crate::b64::encode(&crate::crypto::random::<16>()).into())
    }
}

impl Subject {
    /// The prefix of subjects that are services; no user may begin with it.
    pub const CLIENT_PREFIX: &'static str = "client:";

    /// Whether this names a service rather than a user.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.as_str().starts_with(Self::CLIENT_PREFIX)
    }
}

/// The version of a subject's tokens: bumping it ends everything older.
///
/// ```
/// use tokenward::TokenVersion;
///
/// assert!(TokenVersion::FIRST < TokenVersion::FIRST.next());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TokenVersion(u64);

impl TokenVersion {
    /// The version every subject starts with.
    pub const FIRST: Self = Self(1);

    /// The version numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number, as it stands in a token.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

pub(crate) fn visible(text: &str) -> bool {
    // Eight bytes at a time, the last eight perhaps twice: half of what is left to read of a token is
    // identifiers.
    let bytes = text.as_bytes();
    match bytes.last_chunk() {
        Some(last) => {
            let (words, _) = bytes.as_chunks();
            words.iter().chain([last]).all(|word| all_visible(u64::from_le_bytes(*word)))
        }
        None => bytes.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
    }
}

/// Whether all eight bytes are visible ASCII without quotes and backslashes.
///
/// A byte that is zero, after what makes it zero where it is bad, borrows from its top bit when one is
/// taken away. A borrow may go further, but only where there was a bad byte.
const fn all_visible(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES.wrapping_mul(0x80);
    let quote = word ^ ONES.wrapping_mul(0x22);
    let backslash = word ^ ONES.wrapping_mul(0x5c);
    let delete = word ^ ONES.wrapping_mul(0x7f);
    let bad = word.wrapping_sub(ONES.wrapping_mul(0x21))
        | quote.wrapping_sub(ONES)
        | backslash.wrapping_sub(ONES)
        | delete.wrapping_sub(ONES)
        | word;
    bad & TOPS == 0
}

/// `.` and `..` would be steps on a path.
fn name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().all(allowed) && !text.starts_with('.')
}

fn text(text: &str) -> bool {
    visible(text) || !text.chars().any(char::is_control)
}

fn thumbprint(text: &str) -> bool {
    crate::b64::decode(text).is_ok_and(|hash| hash.len() == 32)
}

fn load_balancer(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let service = [next(), next(), next()];
    let [_region, _account, resource] = [next(), next(), next()];
    visible(text)
        && matches!(service, ["arn", partition, "elasticloadbalancing"] if !partition.is_empty())
        && resource.starts_with("loadbalancer/app/")
}
