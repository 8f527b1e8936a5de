//! The headers of an answer to the valid token.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
};

use crate::finding::Finding;
use crate::live::http::{Address, Answer};
use crate::live::options::Carrier;
use crate::live::rules::{CACHED, COOKIE_PLAIN, COOKIE_READABLE, COOKIE_SITE, NO_CSP, NO_HSTS};
use crate::rules::names::{is_credential, plain};
use crate::token::algorithm_of;

/// A year, in seconds, as lists of browsers ask for.
const YEAR: u64 = 31_536_000;

pub(in crate::live) fn judge(
    address: &Address,
    carrier: &Carrier,
    answer: &Answer,
) -> Vec<Finding> {
    let place = address.shown();
    let mut findings = cookies(address, answer);
    // For a name of this machine it would bind every other service there (RFC 6797, section 14.4).
    if address.is_tls() && !address.is_local() {
        let hsts = answer.header(&STRICT_TRANSPORT_SECURITY).map(max_age);
        let why = match hsts {
            None => {
                Some("no `Strict-Transport-Security`: a browser asks in the clear first".to_owned())
            }
            Some(Some(age)) if age >= YEAR => None,
            Some(Some(age)) => {
                Some(format!("`Strict-Transport-Security` for {age} s: less than a year"))
            }
            Some(None) => Some("`Strict-Transport-Security` without a `max-age`".to_owned()),
        };
        findings.extend(why.map(|why| NO_HSTS.finding(&place, why)));
    }
    let kind = answer.header(&CONTENT_TYPE).unwrap_or_default().to_lowercase();
    if kind.starts_with("text/html") && answer.header(&CONTENT_SECURITY_POLICY).is_none() {
        findings.push(NO_CSP.finding(&place, "a page without `Content-Security-Policy`: a script that gets in can read what the page can"));
    }
    findings.extend(cached(&place, carrier, answer));
    findings
}

fn cached(place: &str, carrier: &Carrier, answer: &Answer) -> Option<Finding> {
    let cache = answer.header(&CACHE_CONTROL).unwrap_or_default().to_lowercase();
    let has = |word: &str| cache.split(',').any(|one| one.trim().starts_with(word));
    if has("public") || has("s-maxage") {
        let why = format!(
            "`Cache-Control: {cache}`: caches on the way keep what was for one user, and give it to others"
        );
        return Some(CACHED.finding(place, why));
    }
    // What is asked with `Authorization` is kept by no shared cache unless it is told to (RFC 9111, section 3.5);
    // of cookies caches know nothing.
    let by_cookie = matches!(carrier, Carrier::Cookie(_) | Carrier::Header(_));
    (by_cookie && !has("no-store") && !has("private")).then(|| {
        CACHED.finding(place, "no `Cache-Control: no-store` or `private`: caches on the way may keep what was for one user")
    })
}

/// The flags of cookies with tokens.
pub(in crate::live) fn cookies(address: &Address, answer: &Answer) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cookie in answer.headers.get_all(SET_COOKIE) {
        let Ok(cookie) = cookie.to_str() else { continue };
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            continue;
        };
        if value.is_empty() || !holds_token(name, value) {
            continue;
        }
        let flags: Vec<String> = parts.map(str::to_lowercase).collect();
        let has = |flag: &str| {
            flags.iter().any(|one| one == flag || one.starts_with(&format!("{flag}=")))
        };
        let place = address.shown();
        if !has("httponly") {
            let why = format!("the cookie `{name}` is there for scripts: it has no `HttpOnly`");
            findings.push(COOKIE_READABLE.finding(&place, why));
        }
        if !has("secure") {
            let why = format!("the cookie `{name}` also goes over plain HTTP: it has no `Secure`");
            findings.push(COOKIE_PLAIN.finding(&place, why));
        }
        if !has("samesite") || has("samesite=none") {
            let why = format!(
                "the cookie `{name}` goes with requests from other sites: its `SameSite` is neither Lax nor Strict"
            );
            findings.push(COOKIE_SITE.finding(&place, why));
        }
    }
    findings
}

/// Shorter, a value is a flag or a number under a name like that of a token.
const MIN_VALUE: usize = 16;
/// Names of cookies that servers give to whoever is logged in, in one word.
const SESSIONS: [&str; 7] =
    ["session", "sessionid", "auth", "sid", "connectsid", "phpsessid", "jsessionid"];

/// Whether a cookie is a credential: by its name, as code is judged, or because it holds a JWT.
fn holds_token(name: &str, value: &str) -> bool {
    let name = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
    let value = value.trim_matches('"');
    if value.matches('.').count() == 2 && algorithm_of(value).is_some() {
        // Half of a double submission is there for scripts on purpose.
        return !["csrf", "xsrf"].iter().any(|word| plain(name).contains(word));
    }
    let is_named = is_credential(name) || SESSIONS.contains(&plain(name).as_str());
    is_named && value.len() >= MIN_VALUE
}

fn max_age(value: &str) -> Option<u64> {
    let value = value.to_lowercase();
    value.split(';').find_map(|one| {
        one.trim()
            .strip_prefix("max-age")?
            .trim_start()
            .strip_prefix('=')?
            .trim_matches([' ', '"'])
            .parse()
            .ok()
    })
}

#[cfg(test)]
mod tests;
