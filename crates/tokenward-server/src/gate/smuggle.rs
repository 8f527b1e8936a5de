//! Headers that come to mean one of ours behind the gate, whatever the gate has set.
//!
//! CGI and what descends from it (RFC 3875 § 4.1.18: WSGI, Rack, `FastCGI`) read `X_Auth_Subject` and
//! `X-Auth-Subject` as one name, PHP a name with dots too. And what `Connection` names is taken off by the
//! next proxy (RFC 9110 § 7.6.1), after the gate's answer was put there.
//!
//! **Invariant:** a request in which the gate sees either is refused, before its credentials are looked at.

use http::header::{AUTHORIZATION, CONNECTION, COOKIE, HeaderMap};

use super::answer::IDENTITY;

#[cfg(test)]
mod tests;

/// The request bears such a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Smuggled {
    /// An identity header, spelled in another way.
    #[error("an identity header in another spelling")]
    Spelling,
    /// A `Connection` that names an identity header, `Authorization` or `Cookie`.
    #[error("a Connection that names a header of ours")]
    Connection,
}

/// Looks for them among the client's `headers`. An identity header as we spell it is none: it is
/// overwritten.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Smuggled> {
    let other = |name: &str| IDENTITY.iter().any(|ours| *ours != *name && reads_as(name, ours));
    if headers.keys().any(|name| other(name.as_str())) {
        return Err(Smuggled::Spelling);
    }
    let lines = headers.get_all(CONNECTION).iter();
    let mut named = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let ours = |name: &[u8]| {
        IDENTITY
            .iter()
            .chain([&AUTHORIZATION, &COOKIE])
            .any(|ours| reads_as(name.trim_ascii(), ours))
    };
    if named.any(ours) { Err(Smuggled::Connection) } else { Ok(()) }
}

/// Whether somebody may take `name` for `ours`: letters and digits alone tell names apart.
fn reads_as(name: impl AsRef<[u8]>, ours: impl AsRef<[u8]>) -> bool {
    let (name, ours) = (name.as_ref(), ours.as_ref());
    let plain = |byte: &u8| if byte.is_ascii_alphanumeric() { *byte } else { b'-' };
    name.len() == ours.len()
        && name.iter().zip(ours).all(|(a, b)| plain(a).eq_ignore_ascii_case(&plain(b)))
}
