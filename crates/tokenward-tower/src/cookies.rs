//! The cookies that carry a session: their names, how they are read, set and expired.
//!
//! All are host-only (`__Host-`), `Path=/`, `HttpOnly`, `Secure`, and `SameSite=Strict` unless
//! [`set_for`] is told otherwise; there is no way to ask for less of the others.
//!
//! **Invariant:** a cookie is taken only if it stands exactly once. Two of one name mean that somebody
//! else can set cookies for this host, and picking either would let them choose the session.

use std::fmt;
use std::time::Duration;

use http::header::{COOKIE, HeaderMap, HeaderValue};
use tokenward::SealKey;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// Carries the access token.
pub const ACCESS: CookieName = CookieName {
    name: "__Host-access",
    expired: "__Host-access=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
};

/// Carries the refresh token; only the authority reads it.
pub const REFRESH: CookieName = CookieName {
    name: "__Host-refresh",
    expired: "__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
};

/// Carries the key of a sealed session.
pub const SEAL: CookieName = CookieName {
    name: "__Host-seal",
    expired: "__Host-seal=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
};

/// Every cookie of ours: what a proxy strips before a request goes upstream.
pub const ALL: [CookieName; 3] = [ACCESS, REFRESH, SEAL];

/// The longest `Set-Cookie` pair, in bytes, that every browser keeps (RFC 6265 § 6.1, ASVS 3.3.5).
pub const MAX_PAIR: usize = 4_096;

/// The name of one of our cookies: [`ACCESS`], [`REFRESH`] or [`SEAL`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CookieName {
    name: &'static str,
    expired: &'static str,
}

impl CookieName {
    /// The name as it stands in `Cookie` and `Set-Cookie`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.name
    }
}

impl fmt::Display for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A cookie of ours stands in the request in a way that must not be guessed about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCookie {
    /// The name stands more than once.
    #[error("cookie `{0}` stands more than once")]
    Duplicate(CookieName),
    /// Its value is not text, so no token of ours.
    #[error("cookie `{0}` is not text")]
    NotText(CookieName),
}

/// The value of the cookie `name`; `None` if the request has none.
///
/// Reads every `Cookie` line, because HTTP/2 may split them (RFC 9113 § 8.2.3). Names are compared byte
/// for byte, and nothing but spaces and tabs is trimmed: a name that begins with some other white space
/// escapes the browser's `__Host-` rule and must not become ours by trimming.
pub fn read(headers: &HeaderMap, name: CookieName) -> Result<Option<&str>, BadCookie> {
    let mut found = None;
    for (key, value) in headers.get_all(COOKIE).iter().flat_map(pairs) {
        if key == name.name.as_bytes() && found.replace(value).is_some() {
            return Err(BadCookie::Duplicate(name));
        }
    }
    let text = found.map(std::str::from_utf8).transpose();
    text.map_err(|_| BadCookie::NotText(name))
}

/// The value of [`SEAL`]: the key of the session, and the one before, under which another tab's token may
/// still be sealed.
#[must_use]
pub fn seal_value(key: &SealKey, before: Option<&SealKey>) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::with_capacity(100));
    value.push_str(&key.expose());
    if let Some(before) = before {
        value.push('.');
        value.push_str(&before.expose());
    }
    value
}

/// The keys in the value of [`SEAL`], two at most; none if it is anything else.
#[must_use]
pub fn seal_keys(value: &str) -> Vec<SealKey> {
    let keys: Result<Vec<_>, _> = value.split('.').take(3).map(SealKey::parse).collect();
    keys.ok().filter(|keys| keys.len() <= 2).unwrap_or_default()
}

/// Along with which requests from other sites a browser sends a cookie (RFC 6265bis § 5.6.7).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "browsers know no fourth")]
pub enum SameSite {
    /// None of them.
    #[default]
    Strict,
    /// Those that open a page by a safe method: links, and a login elsewhere that leads back.
    Lax,
    /// All of them, frames and scripts of other sites included.
    None,
}

impl SameSite {
    /// Its name in `Set-Cookie`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// The value would not survive in a cookie.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotSet {
    /// Browsers drop cookies over [`MAX_PAIR`] bytes, silently. Put less into the token.
    #[error("cookie `{0}` would be longer than 4096 bytes, which browsers drop")]
    TooLong(CookieName),
    /// The value holds something that is neither token nor key of ours.
    #[error("the value for cookie `{0}` holds a character that cookies cannot carry")]
    Charset(CookieName),
}

/// A `Set-Cookie` value that lasts `max_age` (whole seconds, rounded down).
pub fn set(name: CookieName, value: &str, max_age: Duration) -> Result<HeaderValue, CannotSet> {
    set_for(name, value, max_age, SameSite::Strict)
}

/// As [`set`], for a cookie that is to come along from other sites.
///
/// # Security
///
/// Whoever gets a user to follow a link then has a request made in his name ([`SameSite::Lax`]), or any
/// request ([`SameSite::None`]). [`crate::csrf`] goes on to refuse changes; what a handler changes by a safe
/// method, nothing refuses any more.
pub fn set_for(
    name: CookieName,
    value: &str,
    max_age: Duration,
    same_site: SameSite,
) -> Result<HeaderValue, CannotSet> {
    let pair = name.name.len().saturating_add(value.len()).saturating_add(1);
    if pair > MAX_PAIR {
        return Err(CannotSet::TooLong(name));
    }
    // Tokens and keys are made of these alone, so nothing here can end the pair and begin an attribute.
    if !value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        return Err(CannotSet::Charset(name));
    }
    let line = format!(
        "{name}={value}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite={}",
        max_age.as_secs(),
        same_site.as_str()
    );
    let mut line = HeaderValue::try_from(line).map_err(|_| CannotSet::Charset(name))?;
    line.set_sensitive(true);
    Ok(line)
}

/// A `Set-Cookie` value that deletes the cookie.
#[must_use]
pub fn expire(name: CookieName) -> HeaderValue {
    HeaderValue::from_static(name.expired)
}

/// Takes our cookies out of the request and leaves everybody else's, for what goes upstream.
pub fn strip(headers: &mut HeaderMap) {
    match others(headers) {
        Some(line) => drop(headers.insert(COOKIE, line)),
        None => drop(headers.remove(COOKIE)),
    }
}

/// Every cookie of a request but ours, as one line; `None` if there is no other.
#[must_use]
pub fn others(headers: &HeaderMap) -> Option<HeaderValue> {
    let pairs =
        headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|b| *b == b';'));
    let pairs = pairs.map(<[u8]>::trim_ascii);
    let kept: Vec<_> = pairs.filter(|pair| !pair.is_empty() && !is_ours(pair)).collect();
    if kept.is_empty() {
        return None;
    }
    // A line that were no header is one that nobody sent; without cookies is the safe way to go on.
    let mut line = HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// Whether a pair has one of our names, in whatever case: some frameworks do not tell them apart.
fn is_ours(pair: &[u8]) -> bool {
    let name = pair.split(|b| *b == b'=').next().unwrap_or_default();
    ALL.iter().any(|ours| trim(name).eq_ignore_ascii_case(ours.name.as_bytes()))
}

fn pairs(line: &HeaderValue) -> impl Iterator<Item = (&[u8], &[u8])> {
    line.as_bytes().split(|b| *b == b';').filter_map(|pair| {
        let equals = pair.iter().position(|b| *b == b'=')?;
        let (name, value) = pair.split_at_checked(equals)?;
        Some((trim(name), trim(value.get(1..)?)))
    })
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
