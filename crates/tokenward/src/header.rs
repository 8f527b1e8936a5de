//! The protected header of a token (RFC 7515 § 4).

use crate::alg::Algorithm;
use crate::b64;
use crate::ids::KeyId;

/// The header of the tokens that we sign, encoded. Its bytes are always the same for the same key,
/// so that a verifier recognizes it by comparison.
pub(crate) fn encode(algorithm: Algorithm, id: &KeyId) -> String {
    // No character of a key id needs an escape in JSON.
    let json = format!(r#"{{"alg":"{algorithm}","kid":"{id}","typ":"at+jwt"}}"#);
    b64::encode(json.as_bytes())
}
