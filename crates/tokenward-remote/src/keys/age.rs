//! How long a key set may be kept, by what its server says (RFC 9111).

use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL, HeaderName};

#[cfg(test)]
mod tests;

/// What is left of the `max-age` of `Cache-Control` after the `Age` that a cache on the way reports
/// (§ 5.2.2.1, § 4.2); `None` if the server names no time in which the set may be kept.
///
/// `max-age=0` is no such time. Frameworks send it by default, and a verifier that asked before every
/// token would be an attack on the issuer.
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let whole = directives(headers).find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let seconds = value.trim_matches('"').parse().ok()?;
        name.eq_ignore_ascii_case("max-age").then(|| Duration::from_secs(seconds))
    })?;
    let age = values(headers, AGE).next().and_then(|value| value.trim().parse().ok());
    let left = whole.saturating_sub(Duration::from_secs(age.unwrap_or_default()));
    // A cache whose copy is at its end, or past it, is not asked once a second until it notices.
    (!whole.is_zero()).then(|| left.max(LEAST_LEFT.min(whole)))
}

const LEAST_LEFT: Duration = Duration::from_secs(10);

fn directives(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    values(headers, CACHE_CONTROL).flat_map(|value| value.split(',')).map(str::trim)
}

fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}
