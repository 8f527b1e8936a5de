//! Which token a request presents, and how: `Authorization: Bearer`, `Authorization: DPoP` or the cookie, one alone. A sealed
//! token is half of one, and its key, in another cookie, the other half.
//!
//! **Invariant:** there is one token or none. A token in the query or in a form body (RFC 6750 §§ 2.2,
//! 2.3) is not looked for: both end in logs and histories.

use std::fmt;

use http::header::{AUTHORIZATION, HeaderMap};
use tokenward::{Reason, Rejected, Shown, UnixTime};
use tokenward_remote::{Judged, LiveVerifier, Refusal};

use crate::cookies::{self, BadCookie};

#[cfg(test)]
mod tests;

/// A token as it was presented. Nothing about it has been checked.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Presented<'h> {
    /// The token's text; hostile until verified.
    pub token: &'h str,
    /// How it was presented.
    pub by: By,
    /// What stands in the [`cookies::SEAL`] cookie beside a sealed token.
    seal: &'h str,
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("by", &self.by).finish_non_exhaustive()
    }
}

/// How a token was presented.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum By {
    /// `Authorization: Bearer` (RFC 6750 § 2.1): attached by the caller, so it needs no CSRF check.
    Bearer,
    /// The [`cookies::ACCESS`] cookie: attached by the browser, so it does.
    Cookie,
    /// A sealed token by `Authorization: Bearer`, and its key by the [`cookies::SEAL`] cookie: half of it is
    /// attached by the browser, so it does too.
    Sealed,
    /// `Authorization: DPoP` (RFC 9449 § 7.1): good with a proof alone, which [`crate::dpop::Dpop`] verifies.
    Dpop,
}

impl Presented<'_> {
    /// What `verifier` says of it as of `now`, if its client has `shown` this beside it: no proof, so one that
    /// came by [`By::Dpop`] is refused.
    pub fn verify(
        &self,
        verifier: &LiveVerifier,
        shown: Shown<'_>,
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        match self.by {
            By::Bearer | By::Cookie => verifier.verify_shown(self.token, shown, now),
            By::Sealed => verifier.verify_sealed(self.token, &cookies::seal_keys(self.seal), now),
            By::Dpop => {
                verifier.fresh(now)?;
                Err(Rejected::from(Reason::ProofRequired).into())
            }
        }
    }

    /// As [`Self::verify`], by [`LiveVerifier::recall`]: what needs more than the token is never remembered.
    #[must_use]
    pub fn recall(&self, verifier: &LiveVerifier, now: UnixTime) -> Option<Judged> {
        let whole = matches!(self.by, By::Bearer | By::Cookie);
        whole.then(|| verifier.recall(self.token, now)).flatten()
    }

    /// As [`Self::verify`], by [`LiveVerifier::verify_former_too`].
    pub fn verify_former_too(
        &self,
        verifier: &LiveVerifier,
        shown: Shown<'_>,
        now: UnixTime,
    ) -> Result<Judged, Refusal> {
        match self.by {
            By::Bearer | By::Cookie => verifier.verify_shown_or_former(self.token, shown, now),
            // What a former issuer made was sealed by nobody.
            By::Sealed | By::Dpop => self.verify(verifier, shown, now),
        }
    }
}

/// The request presents more than one token, or one in a way that leaves its meaning open.
///
/// The answer is [`crate::respond::invalid_request`] (RFC 6750 § 3.1), before any token is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// `Authorization` stands more than once; which one counts would depend on who reads it.
    #[error("Authorization stands more than once")]
    TwoHeaders,
    /// A token in `Authorization` and the cookie at once.
    #[error("a token in Authorization and a cookie at once")]
    TwoMethods,
    /// The cookie itself is ambiguous.
    #[error(transparent)]
    Cookie(#[from] BadCookie),
}

impl Malformed {
    /// The reason as a metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TwoHeaders => "two_authorization_headers",
            Self::TwoMethods => "two_methods",
            Self::Cookie(_) => "bad_cookie",
        }
    }
}

/// The one token that the request presents by `Authorization`, by cookie, or half by each.
pub fn extract(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Malformed> {
    let cookie = cookies::read(headers, cookies::ACCESS)?;
    match (authorization(headers)?, cookie) {
        (Some(_), Some(_)) => Err(Malformed::TwoMethods),
        (Some(bearer), None) if bearer.by == By::Bearer && is_encrypted(bearer.token) => {
            // Without its cookie it stays what it is: an encrypted token, which no verifier takes.
            let seal = cookies::read(headers, cookies::SEAL)?;
            Ok(Some(seal.map_or(bearer, |seal| Presented { by: By::Sealed, seal, ..bearer })))
        }
        (Some(presented), None) => Ok(Some(presented)),
        (None, cookie) => Ok(cookie.map(|token| Presented { token, by: By::Cookie, seal: "" })),
    }
}

/// Whether it has the five parts of a JWE (RFC 7516 § 3.1).
fn is_encrypted(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() == 4
}

/// The one token that the request presents by `Authorization: Bearer`; cookies are not looked at.
///
/// Another scheme counts as no credentials (RFC 6750 § 3.1: "attempted using an unsupported
/// authentication method").
pub fn bearer(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Malformed> {
    Ok(authorization(headers)?.filter(|presented| presented.by == By::Bearer))
}

/// The one token that the request presents by `Authorization: Bearer` or `Authorization: DPoP`; cookies are not
/// looked at. Another scheme counts as no credentials.
pub fn authorization(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Malformed> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(Malformed::TwoHeaders);
    }
    let by = |scheme: &str, by| {
        let token = token_by(scheme, line.as_bytes());
        token.map(|token| Presented { token, by, seal: "" })
    };
    Ok(by("Bearer", By::Bearer).or_else(|| by("DPoP", By::Dpop)))
}

fn token_by<'h>(scheme: &str, line: &'h [u8]) -> Option<&'h str> {
    let (found, rest) = line.split_at_checked(scheme.len())?;
    if !found.eq_ignore_ascii_case(scheme.as_bytes()) {
        return None;
    }
    match rest {
        // An empty token, and one that is no text, is a token all the same: a malformed one, refused
        // like any other by the verifier.
        [] => Some(""),
        [b' ', ..] => Some(std::str::from_utf8(rest.trim_ascii_start()).unwrap_or_default()),
        _ => None,
    }
}
