//! A key set as it stands in its text: every list of keys, every key, every member.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::JwksError;
use crate::token::Members;

/// As many keys as a set is looked at for.
pub(super) const MAX_KEYS: usize = 1_000;

/// The keys of a set.
pub(super) struct Set {
    /// What stands in the list: `None` is no object.
    pub(super) keys: Vec<Option<Members>>,
    /// How many there are, looked at or not.
    pub(super) count: usize,
    /// Whether there are two lists.
    pub(super) is_doubled: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Member {
    List(Vec<Entry>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Key(Members),
    Other(IgnoredAny),
}

impl Set {
    /// The keys of each list, since programs disagree about which of two counts; or a key that stands alone.
    pub(super) fn read(text: &[u8]) -> Result<Self, JwksError> {
        let whole: Members<Member> = serde_json::from_slice(text).map_err(JwksError::NotJson)?;
        let lists: Vec<Vec<Entry>> = whole
            .0
            .into_iter()
            .filter_map(|(name, member)| match member {
                Member::List(list) if name == "keys" => Some(list),
                Member::List(_) | Member::Other(_) => None,
            })
            .collect();
        if lists.is_empty() {
            let key: Members<Value> = serde_json::from_slice(text).map_err(JwksError::NotJson)?;
            key.get("kty").ok_or(JwksError::NotKeys)?;
            return Ok(Self { keys: vec![Some(key)], count: 1, is_doubled: false });
        }
        let is_doubled = lists.len() > 1;
        let count = lists.iter().map(Vec::len).sum();
        let keys = lists.into_iter().flatten().take(MAX_KEYS).map(|entry| match entry {
            Entry::Key(key) => Some(key),
            Entry::Other(_) => None,
        });
        Ok(Self { keys: keys.collect(), count, is_doubled })
    }
}
