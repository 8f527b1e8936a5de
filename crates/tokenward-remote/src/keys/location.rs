//! Where a key set is: at a URL, or where its issuer says.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::discovery::{Discovery, DiscoveryError};
use crate::http::{Endpoint, HttpClient};

/// Where a key set is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeySetLocation {
    /// At this URL.
    Url(Endpoint),
    /// Where this issuer's metadata says. It is asked again once an hour, whenever the key set could
    /// not be fetched, and when a token names an unknown key.
    Issuer(Discovery),
}

impl From<Endpoint> for KeySetLocation {
    fn from(url: Endpoint) -> Self {
        Self::Url(url)
    }
}

impl From<Discovery> for KeySetLocation {
    fn from(issuer: Discovery) -> Self {
        Self::Issuer(issuer)
    }
}

impl fmt::Display for KeySetLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => url.fmt(f),
            Self::Issuer(issuer) => issuer.fmt(f),
        }
    }
}

/// A location, and what was found there.
#[derive(Debug)]
pub(super) struct Locator {
    location: KeySetLocation,
    found: Mutex<Option<(Endpoint, Instant)>>,
}

impl Locator {
    const KEPT: Duration = Duration::from_secs(3_600);

    pub(super) fn new(location: KeySetLocation) -> Self {
        Self { location, found: Mutex::default() }
    }

    /// The URL of the key set.
    pub(super) async fn find(&self, http: &HttpClient) -> Result<Endpoint, DiscoveryError> {
        let discovery = match &self.location {
            KeySetLocation::Url(url) => return Ok(url.clone()),
            KeySetLocation::Issuer(discovery) => discovery,
        };
        if let Some((found, at)) = self.known()
            && at.elapsed() < Self::KEPT
        {
            return Ok(found);
        }
        let found = discovery.find(http).await?;
        self.know(Some((found.clone(), Instant::now())));
        Ok(found)
    }

    /// The issuer is asked again the next time.
    pub(super) fn forget(&self) {
        self.know(None);
    }

    fn known(&self) -> Option<(Endpoint, Instant)> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn know(&self, found: Option<(Endpoint, Instant)>) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(f)
    }
}
