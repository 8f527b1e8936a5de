//! Who we are to the vault.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::address::Mount;

/// A token, or a part of an `AppRole`'s credential. It has no way to be shown.
///
/// ```
/// use tokenward_vault::VaultSecret;
///
/// let secret = VaultSecret::new("hvs.CAESIJ")?;
/// assert_eq!(format!("{secret:?}"), "VaultSecret(..)");
/// assert!(VaultSecret::new("two words").is_err());
/// # Ok::<(), tokenward_vault::BadSecret>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct VaultSecret(Zeroizing<String>);

impl VaultSecret {
    /// The longest, in bytes. Batch tokens are the longest that a vault gives, some hundred bytes.
    pub const MAX_LEN: usize = 4096;

    /// Parses `text`: visible ASCII without `"` and `\`, so that it stands in a header and in JSON as it is.
    pub fn new(text: &str) -> Result<Self, BadSecret> {
        let fits = !text.is_empty() && text.len() <= Self::MAX_LEN;
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        if fits && text.bytes().all(plain) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(BadSecret)
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The secret as a header's value, which is overwritten when its last clone is let go.
    pub(crate) fn header(&self) -> Result<HeaderValue, BadSecret> {
        let owner = Zeroizing::new(self.0.as_bytes().to_vec());
        let mut value =
            HeaderValue::from_maybe_shared(Bytes::from_owner(owner)).map_err(|_| BadSecret)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for VaultSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultSecret(..)")
    }
}

/// A text that is no token, role id or secret id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it must be a token or id as Vault gives it: visible characters, no spaces or line ends")]
#[non_exhaustive]
pub struct BadSecret;

/// How we log in.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "whoever configures a vault must decide on all of it")]
pub enum Login {
    /// A token that somebody else made. It is renewed as long as the vault allows it.
    Token(VaultSecret),
    /// A role id and a secret id, which give a fresh token each time.
    AppRole {
        /// Where the method is mounted, `approle` by default.
        mount: Mount,
        /// Which role.
        role_id: VaultSecret,
        /// Its secret. It must allow any number of logins (`secret_id_num_uses=0`).
        secret_id: VaultSecret,
    },
}

/// Why the credential itself could not be had: a file that is gone, for example.
pub type LoginError = Box<dyn Error + Send + Sync>;
