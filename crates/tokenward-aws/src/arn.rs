//! How a key of KMS is named.

use std::fmt;

use crate::address::Region;

#[cfg(test)]
mod tests;

/// The ARN of a KMS key: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID` ("Key identifiers" of its developer guide).
///
/// ```
/// use tokenward_aws::KeyArn;
///
/// let arn = KeyArn::new("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd")?;
/// assert_eq!(arn.region().as_str(), "eu-central-1");
/// assert!(KeyArn::new("arn:aws:kms:eu-central-1:111122223333:alias/store").is_err());
/// # Ok::<(), tokenward_aws::BadKeyArn>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyArn {
    text: String,
    region: Region,
}

impl KeyArn {
    /// Parses `text`. Neither an alias nor a bare id will do: either could come to mean another key.
    pub fn new(text: &str) -> Result<Self, BadKeyArn> {
        if text.len() > LONGEST {
            return Err(BadKeyArn);
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, "kms", region, account, key] = parts.as_slice() else {
            return Err(BadKeyArn);
        };
        let id = key.strip_prefix("key/").ok_or(BadKeyArn)?;
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if ![*partition, *account, id].into_iter().all(plain) {
            return Err(BadKeyArn);
        }
        let region = Region::new(region).map_err(|_| BadKeyArn)?;
        Ok(Self { text: text.to_owned(), region })
    }

    /// The whole of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region that the key is in.
    #[must_use]
    pub const fn region(&self) -> &Region {
        &self.region
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is not the ARN of a KMS key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "it must be the ARN of a key, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab \
     (an alias may be pointed at another key at any time)"
)]
#[non_exhaustive]
pub struct BadKeyArn;

/// In bytes: what KMS allows a `KeyId`.
const LONGEST: usize = 2048;
