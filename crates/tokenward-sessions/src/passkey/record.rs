//! A passkey as it is stored, and what names it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokenward::{Algorithm, Audience, Subject, UnixTime, b64};

/// The most passkeys of one subject within an audience: several phones, computers and keys, and no more than one
/// challenge can name.
pub const MOST_PASSKEYS: usize = 20;

/// So long after a login whoever has none yet may enrol the first passkey: as long as an access token may live.
pub const FIRST_PASSKEY_WITHIN: Duration = Duration::from_secs(15 * 60);

/// How a browser may reach an authenticator (WebAuthn § 5.8.4). What else one says of itself is not kept.
pub const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// Whose passkeys: a subject's, within one audience.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "these two say whose")]
pub struct PasskeyHolder {
    /// Within which audience.
    pub audience: Audience,
    /// Whose.
    pub subject: Subject,
}

/// Not the id of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be 1 to 1023 bytes in base64url, as the browser gives it")]
#[non_exhaustive]
pub struct InvalidCredentialId;

/// The id of a credential, which its authenticator chose (WebAuthn § 4). Its text is base64url.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct CredentialId(Box<[u8]>);

impl CredentialId {
    /// The longest, in bytes (WebAuthn § 4).
    pub const MAX_LEN: usize = 1023;

    /// An id of these bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, InvalidCredentialId> {
        match bytes.len() {
            1..=Self::MAX_LEN => Ok(Self(bytes.into())),
            _ => Err(InvalidCredentialId),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for CredentialId {
    type Err = InvalidCredentialId;

    fn from_str(text: &str) -> Result<Self, InvalidCredentialId> {
        // Four characters for three bytes; checked first, so that nothing long is ever decoded.
        if text.len() > Self::MAX_LEN.div_ceil(3).saturating_mul(4) {
            return Err(InvalidCredentialId);
        }
        Self::new(&b64::decode(text).map_err(|_| InvalidCredentialId)?)
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&b64::encode(&self.0))
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialId({self})")
    }
}

/// Not a name for a passkey.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be 1 to 100 bytes, no control characters")]
#[non_exhaustive]
pub struct InvalidPasskeyName;

/// What its holder calls a passkey.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// A name.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidPasskeyName> {
        let name = name.into();
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            return Err(InvalidPasskeyName);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An enrolled passkey. All of it is public but for the fact that it is here.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct Passkey {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub holder: PasskeyHolder,
    /// What they call it.
    pub name: PasskeyName,
    /// What its key signs with.
    pub algorithm: Algorithm,
    /// Its key, a `SubjectPublicKeyInfo` (RFC 5280 § 4.1).
    pub public_key: Vec<u8>,
    /// Its signature counter, as it was last seen; 0 if it has none.
    pub sign_count: u32,
    /// Whether it can be copied to other devices of its user's (WebAuthn § 6.1.3), and so counts nothing.
    pub backup_eligible: bool,
    /// How it can be reached, of [`TRANSPORTS`].
    pub transports: Vec<String>,
    /// When it was enrolled.
    pub created_at: UnixTime,
    /// When it last signed something for its user; when it was enrolled, if never since.
    pub last_used_at: UnixTime,
}
