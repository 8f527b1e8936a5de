//! What is begun with a custody and not yet finished: keys that were ordered, and private halves that are
//! still to be destroyed.
//!
//! A custody makes a key in a call of its own, which no transaction of the store can hold. So the order is
//! written first, under a label that the custody keeps with the key; the transaction that stores the key
//! takes the order away again. Whatever a kill or an outage leaves of it is found by the label.
//!
//! **Invariant:** a custody is told to destroy only what a row here names: an order that was given up, so
//! that no transaction can store its key any more, or a private half whose key signs no more.

use std::fmt;
use std::str::FromStr;

use tokenward::crypto::random;
use tokenward::{Audience, UnixTime};

use crate::stored::StoredKey;

/// What a custody is to know a key by before it has a `kid`: 128 random bits, of no other use.
///
/// ```
/// use tokenward_keys::KeyLabel;
///
/// let label = KeyLabel::random();
/// assert_eq!(label.to_string().len(), 32);
/// assert_eq!(label.to_string().parse(), Ok(label));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyLabel([u8; 16]);

impl KeyLabel {
    /// A label that no other key has.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// The bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyLabel {
    /// 32 hexadecimal digits, in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for KeyLabel {
    type Err = NoLabel;

    fn from_str(text: &str) -> Result<Self, NoLabel> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(hex) {
            return Err(NoLabel);
        }
        u128::from_str_radix(text, 16).map(|bits| Self(bits.to_be_bytes())).map_err(|_| NoLabel)
    }
}

/// A text that is no [`KeyLabel`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a label has 32 hexadecimal digits, in lower case")]
#[non_exhaustive]
pub struct NoLabel;

/// A key that a custody was, or is about to be, asked to make, and that no row holds yet.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a store must keep every field, so a new one must not compile unnoticed"
)]
pub struct KeyOrder {
    /// What the custody knows the key by.
    pub label: KeyLabel,
    /// The audience that the key is for.
    pub audience: Audience,
    /// The custody that was asked.
    pub custody: String,
    /// When.
    pub created_at: UnixTime,
    /// Since when no transaction may store the key any more.
    pub given_up_at: Option<UnixTime>,
}

/// What is begun and not finished of an audience.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must read back all of it")]
pub struct Unfinished {
    /// Keys that were ordered, the oldest first.
    pub orders: Vec<KeyOrder>,
    /// Keys whose private half is to be destroyed, each as it is stored but for its handle, which is the one
    /// that it had.
    pub owed: Vec<StoredKey>,
}
