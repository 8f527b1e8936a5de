//! What is dangerous says so in its name.
//!
//! Nothing here may decide anything. Our own checks allow this module in the command that shows a
//! token to an operator, and in tests.

use serde_json::{Map, Value};

use crate::compact::Compact;
use crate::json::Object;
use crate::reject::{Reason, Rejected};

/// A token's header and claims, about which nothing is known: anybody may have written them.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unverified {
    /// The header, as the token has it.
    pub header: Map<String, Value>,
    /// The claims, as the token has them.
    pub claims: Map<String, Value>,
}

/// Decodes a token without verifying anything about it.
///
/// # Security
///
/// For looking at a token only. What this gives is whatever the sender liked to write.
///
/// ```
/// // An unsecured token (RFC 7519 § 6.1), which no verifier takes.
/// let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.";
/// let unverified = tokenward::danger::decode_unverified(token)?;
/// assert_eq!(unverified.header["alg"], "none");
/// assert_eq!(unverified.claims["sub"], "root"); // says whoever wrote it
/// # Ok::<(), tokenward::Rejected>(())
/// ```
pub fn decode_unverified(token: &str) -> Result<Unverified, Rejected> {
    let token = Compact::split(token)?;
    token.check_parts()?;
    let header = to_map(&token.decode_header()?).ok_or(Reason::InvalidHeader)?;
    let claims = to_map(&token.decode_payload()?).ok_or(Reason::InvalidPayload)?;
    Ok(Unverified { header, claims })
}

fn to_map(json: &[u8]) -> Option<Map<String, Value>> {
    Object::parse(json)
        .ok()?
        .iter()
        .map(|member| Some((member.name.to_str().into_owned(), member.value.to_value()?)))
        .collect()
}
