//! The normal form of HTTP URIs (RFC 3986 § 6.2.2, § 6.2.3), as far as proofs compare them.

use crate::limits::LIMITS;

/// `uri` without query and fragment in its normal form; `None` if it is no absolute `http` or `https`
/// URI. User information is refused (RFC 9110 § 4.2.4), and so is anything encoded in the host.
pub(super) fn normalize(uri: &str) -> Option<String> {
    if uri.len() > LIMITS.token_bytes {
        return None;
    }
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let (scheme, rest) = uri.get(..end)?.split_once("://")?;
    let (scheme, default_port) = match scheme {
        _ if scheme.eq_ignore_ascii_case("https") => ("https", 443),
        _ if scheme.eq_ignore_ascii_case("http") => ("http", 80),
        _ => return None,
    };
    let path_start = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(path_start)?;
    let (host, port) = split_port(authority)?;
    if !is_host(host) {
        return None;
    }
    let mut normal = format!("{scheme}://{}", host.to_ascii_lowercase());
    if let Some(port) = port.filter(|port| *port != default_port) {
        normal.push(':');
        normal.push_str(&port.to_string());
    }
    without_dots(&decode_unreserved(path)?, &mut normal);
    Some(normal)
}

/// The host and the port, if there is one. A colon with nothing behind it is none (RFC 3986 § 3.2.3).
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let colon = match authority.rfind(']') {
        Some(bracket) => authority.rfind(':').filter(|colon| *colon > bracket),
        None => authority.find(':'),
    };
    let Some(colon) = colon else { return Some((authority, None)) };
    let (host, port) = authority.split_at_checked(colon)?;
    let port = port.strip_prefix(':')?;
    if port.is_empty() {
        return Some((host, None));
    }
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    Some((host, Some(digits.then(|| port.parse().ok()).flatten()?)))
}

/// `reg-name` without encoded characters, or an IP literal (RFC 3986 § 3.2.2).
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(literal) => literal.strip_suffix(']').is_some_and(|address| {
            let allowed = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
            !address.is_empty() && address.bytes().all(allowed)
        }),
        None => {
            !host.is_empty() && host.bytes().all(|byte| is_unreserved(byte) || is_sub_delim(byte))
        }
    }
}

/// `path` with each encoded character that needs none decoded, and capitals in the other encodings;
/// `None` if a character is not allowed in a path.
fn decode_unreserved(path: &str) -> Option<String> {
    let mut out = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            let allowed =
                is_unreserved(byte) || is_sub_delim(byte) || matches!(byte, b':' | b'@' | b'/');
            out.push(allowed.then_some(char::from(byte))?);
            continue;
        }
        let (high, low) = (char::from(bytes.next()?), char::from(bytes.next()?));
        let (high, low) = (high.to_ascii_uppercase(), low.to_ascii_uppercase());
        let value = high.to_digit(16)?.checked_mul(16)?.checked_add(low.to_digit(16)?)?;
        match u8::try_from(value) {
            Ok(value) if is_unreserved(value) => out.push(char::from(value)),
            _ => out.extend(['%', high, low]),
        }
    }
    Some(out)
}

/// Appends `path` without its dot segments (RFC 3986 § 5.2.4).
fn without_dots(path: &str, out: &mut String) {
    let mut kept = Vec::new();
    let mut ends_open = true;
    for segment in path.split('/').skip(1) {
        ends_open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    for segment in kept {
        out.push('/');
        out.push_str(segment);
    }
    // What ends in a dot segment, or is empty, is a folder.
    if ends_open {
        out.push('/');
    }
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

const fn is_sub_delim(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}
