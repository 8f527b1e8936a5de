//! How a verifier in another process gets its keys and learns of revocations.
//!
//! - [`Remote`] verifies the tokens of a tokenward authority: keys and revocations, by the feed within
//!   a second.
//! - [`JwksVerifier`] verifies those of any issuer that publishes a key set. It knows no revocation.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tokenward::{Audience, Clock as _, IssuerId, Verifier};
//! use tokenward_remote::{
//!     Discovery, HttpClient, HttpOptions, JwksVerifier, KeySetOptions, KeySetSource, SystemClock,
//! };
//!
//! # async fn f(token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let issuer = IssuerId::new("https://login.example.com")?;
//! let audience = Audience::foreign("https://api.example.com")?;
//! let clock = Arc::new(SystemClock::new());
//! let http = HttpClient::new(&HttpOptions::default(), clock.clone())?;
//! let place = Discovery::https(issuer.clone())?; // or the key set's own URL: `Endpoint::https(…)?`
//! let source = KeySetSource::new(http, place, KeySetOptions::new("login"), clock.clone());
//! let verifier = JwksVerifier::start(source, |keys| {
//!     Verifier::builder().issuer(issuer).audience(audience).keys(keys).build()
//! });
//! verifier.ready().await;
//! let claims = verifier.verify(token, clock.now())?; // or `Refusal`: 401 or 503, and nothing about why
//! # Ok(())
//! # }
//! ```
//!
//! # How keys are fetched
//!
//! | what may happen | what is done | by |
//! | --- | --- | --- |
//! | a key set's age (`max-age`) will end | it is fetched anew at 60 to 75 % of it | [`KeySetSource`] |
//! | tokens name unknown keys, a flood of them | one fetch per cooldown, failed ones included | [`KeySetHandle::unknown_key`] |
//! | the server is down | retries, ever less often; the last good set serves for a bounded time | [`KeySetOptions::outage`] |
//! | the server asks to be left alone (`Retry-After`) | it is, for a minute at most | [`KeySetSource`] |
//! | a set that cannot be trusted, or is no set | refused whole; the last good one serves as above | [`KeySetFetchError`] |
//! | a key that cannot be used among good ones | left out, and logged | [`tokenward::KeySet::skipped`] |
//! | whoever owns the server, the CDN or the DNS adds a key or brings an old set back | with a pinned root: refused | [`RemoteConfig::root`], [`RootPin`] |
//! | a key is gone from the set | it counts no more from that moment | [`LiveVerifier`], [`JwksVerifier`] |
//! | a slow, endless or redirected answer | given up, cut, not followed | [`HttpClient`] |
//! | a document names another URL | `https`, and public if it is another host | [`Discovery`] |
//! | any of these | an event, and by it a metric and a line in the log | [`KeySetEvent`] |
//!
//! Where a URL that an operator configured leads is not asked: issuers in private networks are the
//! rule, and a name that suddenly leads to another machine (DNS rebinding) meets one that has not its
//! certificate. A URL out of a document is the case of RFC 8725bis § 3.10, and [`Discovery`] says what
//! it may be.
//!
//! **Invariant:** this is the only outgoing HTTP on the way to a verdict, and no verdict waits for it:
//! keys and revocations are fetched in the background, and a verifier whose knowledge is too old says
//! that it is unavailable.

mod backoff;
mod clock;
mod discovery;
mod feed;
mod file;
mod http;
mod jwks;
mod keys;
mod remote;
mod sse;
mod verifier;

pub use clock::SystemClock;
pub use discovery::{BadIssuer, Discovery, DiscoveryError};
pub use feed::{FeedClient, FeedHandle, FeedOptions};
pub use http::{
    Answer, BadEndpoint, Credential, Endpoint, FetchError, HttpClient, HttpOptions, HttpSetupError,
    client_tls,
};
pub use jwks::{JwksVerifier, NotReady};
pub use keys::{
    FetchCause, FetchedKeys, KeySetEvent, KeySetEvents, KeySetFetchError, KeySetHandle,
    KeySetLocation, KeySetOptions, KeySetSource, KeySetStatus, RootPin, TrustMemory,
};
pub use remote::{Remote, RemoteConfig, RemoteError, Status};
pub use verifier::{Accepted, Former, Judged, LiveVerifier, Refusal};
