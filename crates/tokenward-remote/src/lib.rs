//! How a verifier in another process gets its keys and learns of revocations.
//!
//! **Invariant:** this is the only outgoing HTTP on the way to a verdict, and no verdict waits for it:
//! keys and revocations are fetched in the background, and a verifier whose knowledge is too old says
//! that it is unavailable.

mod backoff;
mod clock;
mod discovery;
mod feed;
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
    KeySetLocation, KeySetOptions, KeySetSource, KeySetStatus,
};
pub use remote::{Remote, RemoteConfig, RemoteError, Status};
pub use verifier::{LiveVerifier, Refusal};
