//! What a [`Remote`](super::Remote) needs to know.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokenward::root::PinnedRoot;
use tokenward::{Audience, IssuerId, KeySet, Verifier, VerifyingKey};
use tokenward_revocation::feed::{BadFeedKey, FeedTrust};
use tokenward_revocation::{FreshnessPolicy, Source, WhenStale};

use super::RemoteError;
use crate::feed::FeedOptions;
use crate::http::{Credential, Endpoint, HttpOptions};
use crate::keys::{KeySetOptions, RootPin, TrustMemory};

/// Whose tokens are verified, where the authority is, and what is allowed when it is silent.
///
/// ```
/// use std::time::Duration;
/// use tokenward::{Audience, ClientId, IssuerId};
/// use tokenward_remote::{Credential, RemoteConfig};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = RemoteConfig::new(
///     IssuerId::new("https://auth.example.com/audiences/billing-api")?,
///     Audience::new("billing-api")?,
///     Credential::new(ClientId::new("billing-gate")?, "tws_…"),
/// )
/// .max_staleness(Duration::from_secs(10));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RemoteConfig {
    issuer: IssuerId,
    audience: Audience,
    credential: Credential,
    authority: Option<String>,
    plain_http_on_loopback: bool,
    http: HttpOptions,
    freshness: FreshnessPolicy,
    leeway: Option<Duration>,
    key_outage: Option<Duration>,
    feed: FeedOptions,
    source: Option<Arc<dyn Source>>,
    connect_timeout: Duration,
    root: Option<(PinnedRoot, TrustMemory)>,
    feed_keys: Option<Vec<VerifyingKey>>,
    state: Option<PathBuf>,
}

/// The URLs of an audience.
pub(super) struct Endpoints {
    pub(super) keys: Endpoint,
    /// Where the root's chain is, and who goes by it.
    pub(super) pin: Option<RootPin>,
    pub(super) snapshot: Endpoint,
    pub(super) feed: Endpoint,
}

impl RemoteConfig {
    /// The verifier of `audience`, whose issuer is `issuer` (`{authority}/audiences/{audience}`), for
    /// a service with the permission `revocations:read`.
    #[must_use]
    pub fn new(issuer: IssuerId, audience: Audience, credential: Credential) -> Self {
        Self {
            issuer,
            audience,
            credential,
            authority: None,
            plain_http_on_loopback: false,
            http: HttpOptions::default(),
            freshness: FreshnessPolicy {
                max_staleness: Duration::from_secs(10),
                clock_error: Duration::from_secs(5),
                when_stale: WhenStale::Refuse,
            },
            leeway: None,
            key_outage: None,
            feed: FeedOptions::default(),
            source: None,
            connect_timeout: Duration::from_secs(15),
            root: None,
            feed_keys: None,
            state: None,
        }
    }

    /// Where the authority is reached from here, if that is not where its issuer says: the URL in
    /// front of `/audiences` and `/revocations`.
    #[must_use]
    pub fn authority(mut self, url: impl Into<String>) -> Self {
        self.authority = Some(url.into());
        self
    }

    /// Certificates (PEM) that are trusted besides the system's.
    #[must_use]
    pub fn extra_ca(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.extra_ca = Some(pem.into());
        self
    }

    /// Allows plain HTTP to this very machine; nowhere else.
    #[must_use]
    pub const fn plain_http_on_loopback(mut self) -> Self {
        self.plain_http_on_loopback = true;
        self
    }

    /// The oldest age of what is known of revocations at which tokens are judged; 10 s at first.
    #[must_use]
    pub const fn max_staleness(mut self, max_staleness: Duration) -> Self {
        self.freshness.max_staleness = max_staleness;
        self
    }

    /// How much the authority's clock and ours may differ; 5 s at first. It counts into every age.
    #[must_use]
    pub const fn clock_error(mut self, clock_error: Duration) -> Self {
        self.freshness.clock_error = clock_error;
        self
    }

    /// What happens beyond `max_staleness`; at first no token is judged.
    #[must_use]
    pub const fn when_stale(mut self, when_stale: WhenStale) -> Self {
        self.freshness.when_stale = when_stale;
        self
    }

    /// How much after `exp` a token still counts, for clocks that differ.
    #[must_use]
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = Some(leeway);
        self
    }

    /// How long the last good key set may serve after its age has ended, while it cannot be fetched
    /// anew; an hour at first.
    #[must_use]
    pub const fn key_outage(mut self, outage: Duration) -> Self {
        self.key_outage = Some(outage);
        self
    }

    /// Takes the messages of the feed from `source` as long as it works: from Redis, say. Snapshots
    /// still come from the authority.
    #[must_use]
    pub fn feed_source(mut self, source: Arc<dyn Source>) -> Self {
        self.source = Some(source);
        self
    }

    /// Other bounds for the feed.
    #[must_use]
    pub fn feed(mut self, options: FeedOptions) -> Self {
        self.feed = options;
        self
    }

    /// How long [`Remote::connect`](super::Remote::connect) waits; 15 s at first.
    #[must_use]
    pub const fn connect_timeout(mut self, wait: Duration) -> Self {
        self.connect_timeout = wait;
        self
    }

    /// Pins an offline root: keys are taken on its word alone, and remembered in `memory`
    /// ([`tokenward::root`]).
    ///
    /// ```
    /// # fn f(config: tokenward_remote::RemoteConfig, file: &[u8]) -> Result<(), tokenward::root::RootError> {
    /// use tokenward::root::PinnedRoot;
    /// use tokenward_remote::TrustMemory;
    ///
    /// let config = config.root(PinnedRoot::parse(file)?, TrustMemory::default());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn root(mut self, root: PinnedRoot, memory: TrustMemory) -> Self {
        self.root = Some((root, memory));
        self
    }

    /// Pins who signs the feed: one key, or two while it is being changed, as `tokenward keys jwks --feed`
    /// prints them. Without, the authority's own snapshots say who does.
    ///
    /// ```
    /// # fn f(config: tokenward_remote::RemoteConfig, jwk: &[u8]) -> Result<(), tokenward::KeyError> {
    /// let config = config.feed_keys([tokenward::VerifyingKey::from_jwk(jwk)?]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn feed_keys(mut self, keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        self.feed_keys = Some(keys.into_iter().collect());
        self
    }

    /// Keeps what is known of revocations in this folder, which is there and the program's alone, and
    /// starts with it after a restart, at its true age. Where a [`root`](Self::root) is pinned, the signed
    /// key set is kept there too, so that such a start needs no network.
    ///
    /// # Security
    ///
    /// What is kept is verified as what comes over the network is. Where no feed key is pinned, it says
    /// itself who signed it: then whoever can write there can hide revocations. A key set that nobody
    /// signed is not kept, because whoever can write there could add a key to it.
    #[must_use]
    pub fn state(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state = Some(folder.into());
        self
    }

    pub(super) fn feed_trust(&self) -> Result<FeedTrust, BadFeedKey> {
        match &self.feed_keys {
            Some(keys) => FeedTrust::pinned(self.issuer.clone(), keys.clone()),
            None => Ok(FeedTrust::told(self.issuer.clone())),
        }
    }

    pub(super) fn feed_file(&self) -> Option<PathBuf> {
        self.kept("feed")
    }

    /// The file of this audience in the folder of what is kept.
    fn kept(&self, what: &str) -> Option<PathBuf> {
        self.state.as_ref().map(|folder| folder.join(format!("{}.{what}", self.audience)))
    }

    pub(super) const fn audience(&self) -> &Audience {
        &self.audience
    }

    pub(super) const fn credential(&self) -> &Credential {
        &self.credential
    }

    pub(super) const fn http_options(&self) -> &HttpOptions {
        &self.http
    }

    pub(super) const fn feed_options(&self) -> &FeedOptions {
        &self.feed
    }

    pub(super) const fn source(&self) -> Option<&Arc<dyn Source>> {
        self.source.as_ref()
    }

    pub(super) const fn freshness(&self) -> FreshnessPolicy {
        self.freshness
    }

    pub(super) const fn connect_wait(&self) -> Duration {
        self.connect_timeout
    }

    pub(super) fn key_set_options(&self) -> KeySetOptions {
        let mut options = KeySetOptions::new(self.audience.as_str());
        options.outage = self.key_outage.unwrap_or(options.outage);
        options
    }

    pub(super) fn verifier(&self, keys: KeySet) -> Verifier {
        let builder = Verifier::builder()
            .issuer(self.issuer.clone())
            .audience(self.audience.clone())
            .keys(keys);
        match self.leeway {
            Some(leeway) => builder.leeway(leeway).build(),
            None => builder.build(),
        }
    }

    pub(super) fn check_times(&self) -> Result<(), RemoteError> {
        let FreshnessPolicy { max_staleness, clock_error, .. } = self.freshness;
        // A heartbeat a second, and a second on the way; below that, every hiccup is an outage.
        let least = clock_error.saturating_add(Duration::from_secs(2));
        if max_staleness < least { Err(RemoteError::TooTight { least }) } else { Ok(()) }
    }

    pub(super) fn endpoints(&self) -> Result<Endpoints, RemoteError> {
        let audience = &self.audience;
        let (setting, base) = match &self.authority {
            Some(url) => ("authority", url.trim_end_matches('/')),
            None => ("issuer", self.issuers_base()?),
        };
        let endpoint = |path: &str| {
            let url = format!("{base}{path}");
            Endpoint::parse(&url, self.plain_http_on_loopback)
                .map_err(|source| RemoteError::Endpoint { setting, source })
        };
        let pin = self.root.as_ref().map(|(root, memory)| {
            let chain = endpoint(&format!("/audiences/{audience}/root-chain.json"))?;
            let pin = RootPin::new(root.clone(), self.issuer.clone(), chain, memory.clone());
            Ok::<_, RemoteError>(match self.kept("keys") {
                Some(file) => pin.kept_in(file),
                None => pin,
            })
        });
        let keys = if self.root.is_some() { "jwks.jwt" } else { "jwks.json" };
        Ok(Endpoints {
            keys: endpoint(&format!("/audiences/{audience}/{keys}"))?,
            pin: pin.transpose()?,
            snapshot: endpoint(&format!("/revocations/{audience}/snapshot"))?,
            feed: endpoint(&format!("/revocations/{audience}/feed"))?,
        })
    }

    fn issuers_base(&self) -> Result<&str, RemoteError> {
        self.issuer
            .as_str()
            .strip_suffix(self.audience.as_str())
            .and_then(|rest| rest.strip_suffix("/audiences/"))
            .ok_or_else(|| RemoteError::NotAnAudienceIssuer { audience: self.audience.clone() })
    }
}
