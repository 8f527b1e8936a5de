//! Where an issuer says that its key set is (OpenID Connect Discovery 1.0 § 4, RFC 8414 § 3).
//!
//! **Invariant:** a document counts only if its `issuer` is, byte for byte, the issuer that was asked
//! for; and where its `jwks_uri` leads, no rule is laxer than for the document itself.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tokenward::IssuerId;

use self::metadata::Metadata;
use crate::http::{BadEndpoint, Endpoint, FetchError, HttpClient};

mod metadata;

#[cfg(test)]
mod tests;

/// An issuer whose key set is found by its metadata.
///
/// Two places are looked at, `{issuer}/.well-known/openid-configuration` and, if that is not there,
/// `/.well-known/oauth-authorization-server` between the issuer's host and path.
///
/// # Security
///
/// The `jwks_uri` must be an `https` URL. On another host than the issuer's it must lead to a public
/// address: an issuer could have us ask machines that only we can reach (RFC 8725bis § 3.10). Where
/// the keys of an issuer in a private network are on another host, configure their URL itself.
///
/// ```
/// use tokenward::IssuerId;
/// use tokenward_remote::Discovery;
///
/// let issuer = IssuerId::new("https://login.example.com/tenant")?;
/// let discovery = Discovery::https(issuer)?;
/// assert_eq!(discovery.to_string(), "https://login.example.com/tenant");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Discovery {
    issuer: IssuerId,
    openid: Endpoint,
    oauth: Endpoint,
}

impl Discovery {
    /// The longest metadata that is read, in bytes. The largest public ones have 10 KB.
    pub const MAX_BYTES: usize = 64 << 10;

    /// The metadata of `issuer`, an `https` URL.
    pub fn https(issuer: IssuerId) -> Result<Self, BadIssuer> {
        Self::new(issuer, false)
    }

    /// The metadata of `issuer`, an `https` URL, or an `http` URL whose host is `localhost` or a
    /// loopback address: for development.
    pub fn https_or_loopback(issuer: IssuerId) -> Result<Self, BadIssuer> {
        Self::new(issuer, true)
    }

    /// Asks the issuer where its key set is.
    pub async fn find(&self, http: &HttpClient) -> Result<Endpoint, DiscoveryError> {
        let (place, body) = match self.read(http, &self.openid).await {
            Err(DiscoveryError::Fetch { source, .. }) if is_absent(&source) => {
                match self.read(http, &self.oauth).await {
                    Err(DiscoveryError::Fetch { source, .. }) if is_absent(&source) => {
                        let (openid, oauth) = (self.openid.clone(), self.oauth.clone());
                        return Err(DiscoveryError::NoMetadata { openid, oauth });
                    }
                    other => other?,
                }
            }
            other => other?,
        };
        let metadata = Metadata::parse(&body)
            .map_err(|source| DiscoveryError::NotMetadata { place: place.clone(), source })?;
        if metadata.issuer != self.issuer.as_str() {
            // What it says is a stranger's text until it is known to be an identifier.
            let found = IssuerId::new(metadata.issuer).ok();
            return Err(DiscoveryError::AnotherIssuer { place, found });
        }
        let Some(url) = metadata.jwks_uri else {
            return Err(DiscoveryError::NoKeySet { place });
        };
        place.named_there(&url).map_err(|source| DiscoveryError::BadKeySetUrl { place, source })
    }

    fn new(issuer: IssuerId, plain_on_loopback: bool) -> Result<Self, BadIssuer> {
        let parse = |text: &str| Endpoint::parse(text, plain_on_loopback);
        let text = issuer.as_str();
        let itself = parse(text)?;
        // A URL drops its fragment silently, so the text is asked.
        if text.contains(['?', '#']) {
            return Err(BadIssuer::HasQuery);
        }
        let path = itself.uri().path();
        let path = path.strip_suffix('/').unwrap_or(path);
        let uri = itself.uri();
        let origin = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", http::uri::Authority::as_str)
        );
        let openid = parse(&format!("{origin}{path}/.well-known/openid-configuration"))?;
        let oauth = parse(&format!("{origin}/.well-known/oauth-authorization-server{path}"))?;
        Ok(Self { issuer, openid, oauth })
    }

    async fn read(
        &self,
        http: &HttpClient,
        place: &Endpoint,
    ) -> Result<(Endpoint, bytes::Bytes), DiscoveryError> {
        match http.get(place, None, Self::MAX_BYTES).await {
            Ok(answer) => Ok((place.clone(), answer.body)),
            Err(source) => Err(DiscoveryError::Fetch { place: place.clone(), source }),
        }
    }
}

impl fmt::Display for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issuer.fmt(f)
    }
}

/// The server says that it has no such document, in one of the ways in which servers say it: some
/// answer 401 or 403 for every path that they do not know.
const fn is_absent(error: &FetchError) -> bool {
    match error {
        FetchError::Status { status, .. } => {
            let passing =
                matches!(*status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
            status.as_u16() / 100 == 4 && !passing
        }
        _ => false,
    }
}

/// An issuer identifier is not a URL under which metadata could be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadIssuer {
    /// It is no URL that may be fetched.
    #[error("the issuer")]
    NotFetched(#[from] BadEndpoint),
    /// It has a query or a fragment, which no issuer has (RFC 8414 § 2).
    #[error("the issuer must have no `?` and no `#`")]
    HasQuery,
}

/// An issuer's metadata did not tell where its key set is.
///
/// Whatever it is, giving the URL of the key set itself in the place of the issuer goes around it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The metadata could not be fetched.
    #[error("fetching the issuer's metadata at {place} failed")]
    Fetch {
        /// Where it was asked for.
        place: Endpoint,
        /// What was in the way.
        #[source]
        source: FetchError,
    },
    /// The issuer publishes no metadata. Give the URL of its key set itself.
    #[error("there is no metadata, neither at {openid} nor at {oauth}: give the key set's URL")]
    NoMetadata {
        /// Where OpenID Connect Discovery puts it.
        openid: Endpoint,
        /// Where RFC 8414 puts it.
        oauth: Endpoint,
    },
    /// What is there is not metadata.
    #[error("what is at {place} is no metadata: it needs an object with the issuer's name")]
    NotMetadata {
        /// Where it is.
        place: Endpoint,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The metadata is that of another issuer. Often it is a slash at the end: if the metadata speaks
    /// of the issuer that you mean, configure that very text, which will be the `iss` of its tokens.
    #[error(
        "the metadata at {place} is that of {}: if you mean that one, configure exactly that",
        .found.as_ref().map_or("something that is no issuer", IssuerId::as_str)
    )]
    AnotherIssuer {
        /// Where it is.
        place: Endpoint,
        /// Of whom it speaks, if that is an identifier.
        found: Option<IssuerId>,
    },
    /// The metadata names no key set. Give its URL itself.
    #[error("the metadata at {place} names no `jwks_uri`: give the key set's URL")]
    NoKeySet {
        /// Where it is.
        place: Endpoint,
    },
    /// The metadata names a URL that is not fetched.
    #[error("the `jwks_uri` in the metadata at {place}")]
    BadKeySetUrl {
        /// Where it is.
        place: Endpoint,
        /// What is wrong with the URL.
        #[source]
        source: BadEndpoint,
    },
}

impl DiscoveryError {
    /// How long the server asked to be left alone.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Fetch { source, .. } => source.retry_after(),
            _ => None,
        }
    }
}
