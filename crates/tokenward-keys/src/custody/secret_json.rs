//! JSON in which a secret stands, without copies of it that stay behind.

use serde::Serialize;
use serde_json::{Error, to_writer};
use zeroize::Zeroizing;

/// The JSON of `value`, `room` bytes at most, in one buffer that is overwritten after use: it never grows, so no
/// piece of it stays behind where a smaller one was. What does not fit is an error.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use tokenward_keys::custody::secret_json;
///
/// let body = secret_json(&BTreeMap::from([("key", "secret")]), 64)?;
/// assert_eq!(*body, br#"{"key":"secret"}"#);
/// assert!(secret_json("longer", 4).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn secret_json<T: Serialize + ?Sized>(
    value: &T,
    room: usize,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(vec![0; room]);
    let mut rest = bytes.as_mut_slice();
    to_writer(&mut rest, value)?;
    let written = room.saturating_sub(rest.len());
    bytes.truncate(written);
    Ok(bytes)
}
