//! Where a browser goes that has no good token.
//!
//! **Invariant:** the way back leads to a listed origin alone, so no link can use it to lead elsewhere.

use std::fmt;

use form_urlencoded::byte_serialize;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use tokenward_tower::csrf::Origins;

use super::original::Original;

#[cfg(test)]
mod tests;

/// The page that signs users in: it gets the way back as `return_to`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login(Box<str>);

/// A text that is no address of a login page.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "is no https URL without a user and a fragment, for example https://login.example.com/start"
)]
#[non_exhaustive]
pub struct InvalidLogin;

impl Login {
    /// Parses an `https` URL, with or without a query.
    pub fn parse(text: &str) -> Result<Self, InvalidLogin> {
        let uri: Uri = text.parse().map_err(|_| InvalidLogin)?;
        let host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let good = uri.scheme_str() == Some("https") && host && plain && text.len() <= LONGEST;
        if good { Ok(Self(text.into())) } else { Err(InvalidLogin) }
    }

    /// The `Location` for a request that is a navigation of a browser, if its site is one of `origins`. A
    /// proxy that does not tell the site has but one.
    pub(super) fn location(
        &self,
        original: &Original,
        headers: &HeaderMap,
        origins: &Origins,
    ) -> Option<HeaderValue> {
        if !is_navigation(&original.method, headers) {
            return None;
        }
        let mut listed = origins.iter();
        let origin = match &original.origin {
            Some(origin) => listed.find(|listed| *listed == origin.as_str())?,
            None => listed.next().filter(|_| listed.next().is_none())?,
        };
        let target = original.target.as_str();
        let target = if target.starts_with('/') && target.len() <= LONGEST { target } else { "/" };
        let back: String = byte_serialize(format!("{origin}{target}").as_bytes()).collect();
        let joint = if self.0.contains('?') { '&' } else { '?' };
        HeaderValue::try_from(format!("{}{joint}return_to={back}", self.0)).ok()
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a browser is about to show the answer as a page of its own (Fetch Metadata §§ 2.1, 2.2): only
/// then does it follow a redirect to a login. A script would take the login page for what it asked for.
fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &HeaderName, value: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().is_some_and(|v| v == value) && values.next().is_none()
    };
    matches!(*method, Method::GET | Method::HEAD)
        && is(&SEC_FETCH_MODE, "navigate")
        && is(&SEC_FETCH_DEST, "document")
}

/// What every browser and proxy takes as a part of a URL.
const LONGEST: usize = 2_000;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
