//! The body of a snapshot: what is live, as a JSON array of items without numbers.
//!
//! One function each way, so that the form can change in one place.

use crate::feed::Item;
use crate::set::Tables;
use crate::{Fingerprints, View};

/// Everything that `view` knows.
#[expect(clippy::expect_used, reason = "strings, numbers and lists alone, so JSON can hold them")]
pub(crate) fn write(view: &View) -> Vec<u8> {
    serde_json::to_vec(&view.items()).expect("items are JSON")
}

/// The tables of what [`write()`] wrote; `None` if it is something else. The signature has vouched for it.
pub(crate) fn read(body: &[u8], fingerprints: Fingerprints) -> Option<Tables> {
    let items: Vec<Item> = serde_json::from_slice(body).ok()?;
    let mut tables = Tables::new(fingerprints);
    for item in &items {
        tables.insert(item);
    }
    Some(tables)
}
