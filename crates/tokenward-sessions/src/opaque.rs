//! Opaque secrets: 256 random bits behind a prefix that names their kind.
//!
//! The prefix lets a secret scanner find a leaked one, and keeps one kind from being taken for another.
//! None of these has `Display`, `PartialEq` or `Serialize`, and `Debug` shows the kind alone.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokenward::SealKey;
use tokenward::crypto::{self, Secret256};
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// The text is no such token: wrong prefix, wrong length, or not canonical base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a token of this kind")]
#[non_exhaustive]
pub struct InvalidToken;

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Secret256);

        impl $name {
            /// What every such secret begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A fresh secret: 256 bits from the operating system.
            #[must_use]
            pub fn random() -> Self {
                Self(Secret256::random())
            }

            /// Parses the prefix and 43 characters of canonical base64url.
            pub fn parse(text: &str) -> Result<Self, InvalidToken> {
                let body = text.strip_prefix(Self::PREFIX).ok_or(InvalidToken)?;
                // 43 characters are 32 bytes; checked first, so that nothing long is ever decoded.
                if body.len() != 43 {
                    return Err(InvalidToken);
                }
                let bytes =
                    Zeroizing::new(URL_SAFE_NO_PAD.decode(body).map_err(|_| InvalidToken)?);
                let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| InvalidToken)?;
                Ok(Self(Secret256::from_bytes(bytes)))
            }

            /// The text that its holder keeps. Show it once, to nobody else.
            #[must_use]
            pub fn expose(&self) -> Zeroizing<String> {
                // Room for all of it at once: growing would leave a copy behind.
                let mut text = Zeroizing::new(String::with_capacity(64));
                text.push_str(Self::PREFIX);
                URL_SAFE_NO_PAD.encode_string(self.0.expose(), &mut text);
                text
            }

            /// SHA-256 of the text: what a store keeps.
            ///
            /// A fast hash is right here: 256 random bits cannot be guessed, unlike a password.
            #[must_use]
            pub fn hash(&self) -> [u8; 32] {
                crypto::sha256(self.expose().as_bytes())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

opaque! {
    /// A refresh token (RFC 6749 § 1.5): opaque, single use, stored as a hash.
    RefreshToken, "twr_"
}
opaque! {
    /// The secret of a service, a machine client of the authority.
    ServiceSecret, "tws_"
}
opaque! {
    /// The credential of an administrator over TCP.
    AdminToken, "twa_"
}

impl RefreshToken {
    /// Seals `successor` so that only the holder of this token can have it again.
    #[must_use]
    pub fn seal(&self, successor: &Self) -> Vec<u8> {
        self.successor_key().seal(SUCCESSOR_CONTEXT, successor.0.expose())
    }

    /// Opens what [`Self::seal`] made; `None` if it was sealed by another token or changed.
    #[must_use]
    pub fn open_successor(&self, sealed: &[u8]) -> Option<Self> {
        let bytes = self.successor_key().open(SUCCESSOR_CONTEXT, sealed)?;
        Some(Self(Secret256::from_bytes(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)))
    }

    /// The key that access tokens are sealed under while this refresh token is the current one.
    ///
    /// It comes from the refresh token alone, so it is stored nowhere, and whoever refreshes twice within
    /// the window gets the same one twice. Who has the key cannot tell the token from it.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        SealKey::new(self.0.derive(SEAL_CONTEXT))
    }

    fn successor_key(&self) -> Secret256 {
        self.0.derive(SUCCESSOR_CONTEXT)
    }
}

const SUCCESSOR_CONTEXT: &[u8] = b"tokenward refresh successor v1";
const SEAL_CONTEXT: &[u8] = b"tokenward seal v1";
