//! PEM (RFC 7468): exactly one key in a text.

use zeroize::Zeroizing;

use super::KeyError;
use crate::b64;
use crate::limits::LIMITS;

/// A key's label and its DER document.
pub(super) struct Pem<'a> {
    pub(super) label: &'a str,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// The one key in `text`.
///
/// Text around it is skipped, and so are the curve parameters that OpenSSL puts before a key.
pub(super) fn parse(text: &str) -> Result<Pem<'_>, KeyError> {
    if text.len() > LIMITS.key_bytes {
        return Err(KeyError::TooLarge);
    }
    let mut found = None;
    let mut lines = text.lines().map(str::trim_ascii);
    while let Some(line) = lines.next() {
        let Some(label) = begin(line) else { continue };
        let der = block(label, &mut lines)?;
        if label == "EC PARAMETERS" {
            continue;
        }
        if found.replace(Pem { label, der }).is_some() {
            return Err(KeyError::MoreThanOneKey);
        }
    }
    found.ok_or(KeyError::NotPem)
}

fn begin(line: &str) -> Option<&str> {
    line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")
}

/// The document up to the line that ends `label`.
fn block<'a>(
    label: &str,
    lines: &mut impl Iterator<Item = &'a str>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if label.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let mut body = Zeroizing::new(String::with_capacity(LIMITS.key_bytes));
    for line in lines {
        if let Some(end) = line.strip_prefix("-----END ") {
            if end.strip_suffix("-----") != Some(label) {
                return Err(KeyError::NotPem);
            }
            return b64::decode_pem_body(&body).map(Zeroizing::new).ok_or(KeyError::NotPem);
        }
        if line.contains(':') {
            // `Proc-Type: 4,ENCRYPTED` and the like (RFC 1421).
            return Err(KeyError::Encrypted);
        }
        body.push_str(line);
    }
    Err(KeyError::NotPem)
}

/// `der` as one block with `label`, in lines of 64 characters (RFC 7468 § 2).
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(b64::encode_pem_body(der));
    let lines = body.len().div_ceil(LINE);
    // Sized first, so that no copy of a private key is left behind by growing.
    let capacity = body.len().saturating_add(lines).saturating_add(label.len().saturating_mul(2));
    let mut text = Zeroizing::new(String::with_capacity(capacity.saturating_add(40)));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for line in body.as_bytes().chunks(LINE) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// The length of a full line of a body.
const LINE: usize = 64;
