//! How long a key set may be kept, by what its server says.

use std::time::Duration;

use http::HeaderMap;
use http::header::CACHE_CONTROL;

#[cfg(test)]
mod tests;

/// `max-age` of `Cache-Control` (RFC 9111 § 5.2.2.1).
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|directive| {
            let (name, value) = directive.trim().split_once('=')?;
            let seconds = value.trim_matches('"').parse().ok()?;
            name.eq_ignore_ascii_case("max-age").then(|| Duration::from_secs(seconds))
        })
}
