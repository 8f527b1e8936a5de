//! Keys in any dress: PEM, SSH, JWK, DER, points, with whatever before, between or around them, and in
//! base64, hexadecimal or quotes besides.
//!
//! Each dress was once what a library took for a secret (CVE-2017-11424, CVE-2026-34950 and others).

use zeroize::Zeroizing;

use super::{der, uncompressed_point};
use crate::b64;
use crate::crypto::{Curve, PublicKey};

/// How many encodings are undone, one after the other: a configuration file that holds base64 holds
/// it of a text that may be encoded itself.
const LAYERS: usize = 2;

/// Whether `bytes` are a key, however it is written.
pub(super) fn is_key(bytes: &[u8]) -> bool {
    is_key_in(bytes, LAYERS)
}

fn is_key_in(bytes: &[u8], layers: usize) -> bool {
    if is_text(bytes) || is_document(bytes) {
        return true;
    }
    let Some(layers) = layers.checked_sub(1) else { return false };
    // What does not show is no part of an encoding: line breaks of any kind, spaces, the colons between
    // pairs of digits.
    let text = only(bytes, u8::is_ascii_graphic);
    [base64(&text), hexadecimal(&text), percent(&text), quoted(&text)]
        .into_iter()
        .flatten()
        .any(|inner| is_key_in(&inner, layers))
}

/// Marks of key text, in upper case and without spaces.
const MARKS: &[&[u8]] = &[
    b"-----BEGIN",
    b"-----END",
    b"BEGINPUBLICKEY",
    b"BEGINRSA",
    b"BEGINCERTIFICATE",
    b"----BEGINSSH2",
    b"SSH-RSA",
    b"SSH-ED25519",
    b"SSH-DSS",
    b"ECDSA-SHA2-",
    b"\"KTY\"",
    b"\"KTY\\\"",
    b"'KTY'",
    b"KTY:",
    b"\"KEYS\"",
    b"<RSAKEYVALUE",
    b"PUB:04:",
];

/// Whether `bytes` read as a key once everything that does not show is taken out: byte order marks, the
/// zeros of UTF-16, line breaks of any kind.
fn is_text(bytes: &[u8]) -> bool {
    let mut text = only(bytes, u8::is_ascii_graphic);
    text.make_ascii_uppercase();
    holds_one_of(&text, MARKS) || is_json(bytes)
}

/// Whether one of `marks` stands in `text`.
pub(super) fn holds_one_of(text: &[u8], marks: &[&[u8]]) -> bool {
    marks.iter().any(|mark| text.windows(mark.len()).any(|window| window == *mark))
}

/// Whether `bytes` are a JSON object or array: a JWK can spell `"kty"` with escapes.
fn is_json(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(u8::is_ascii_graphic).unwrap_or_default();
    let text = bytes.get(start..).unwrap_or_default().trim_ascii();
    matches!(text.first(), Some(b'{' | b'['))
        && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// How the body of an SSH public key begins: the length of a name, and the name (RFC 4253 § 6.6).
const SSH: &[&[u8]] =
    &[b"\0\0\0\x07ssh-rsa", b"\0\0\0\x0bssh-ed25519", b"\0\0\0\x13ecdsa-sha2-nistp"];

/// Whether `bytes` are a DER document, the body of an SSH key, or a point of a curve.
fn is_document(bytes: &[u8]) -> bool {
    if der::is_key_document(bytes) || SSH.iter().any(|start| bytes.starts_with(start)) {
        return true;
    }
    let coordinates = || {
        let curve = Curve::with_point_len(bytes.len())?;
        let (x, y) = bytes.split_at_checked(curve.coordinate_len())?;
        Some((curve, x, y))
    };
    [uncompressed_point(bytes), coordinates()]
        .into_iter()
        .flatten()
        .any(|(curve, x, y)| PublicKey::ecdsa(curve, x, y).is_some())
}

/// `text` out of base64, in either alphabet, with or without padding.
fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // Sized first, so that no copy of the secret is left behind by growing.
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    plain.extend(text.iter().filter_map(|byte| match byte {
        b'=' => None,
        b'+' => Some('-'),
        b'/' => Some('_'),
        other => Some(char::from(*other)),
    }));
    b64::decode(&plain).ok().map(Zeroizing::new)
}

/// `text` out of hexadecimal digits, perhaps with colons between.
fn hexadecimal(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digits = only(text, |byte| *byte != b':');
    let (pairs, rest) = digits.as_chunks();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for pair in pairs {
        bytes.push(byte(*pair)?);
    }
    Some(bytes)
}

/// `text` with its percent-encoded bytes (RFC 3986 § 2.1) decoded; `None` where there are none.
fn percent(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if let (b'%', Some((pair, after))) = (first, after.split_first_chunk()) {
            bytes.push(byte(*pair)?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    (bytes.len() < text.len()).then_some(bytes)
}

/// What a JSON string says.
fn quoted(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let inner: String = serde_json::from_slice(text).ok()?;
    Some(Zeroizing::new(inner.into_bytes()))
}

fn byte(pair: [u8; 2]) -> Option<u8> {
    if !pair.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()
}

fn only(bytes: &[u8], keep: fn(&u8) -> bool) -> Zeroizing<Vec<u8>> {
    let mut kept = Zeroizing::new(Vec::with_capacity(bytes.len()));
    kept.extend(bytes.iter().filter(|byte| keep(byte)));
    kept
}
