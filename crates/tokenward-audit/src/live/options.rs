//! What to ask, with which tokens, and how hard.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderName, Method};

use super::http::{Address, Pace};

/// Where a request has its token.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Carrier {
    /// `Authorization: Bearer` (RFC 6750, section 2.1).
    #[default]
    Bearer,
    /// A header of this name.
    Header(HeaderName),
    /// A cookie of this name.
    Cookie(String),
}

/// Makes a valid token, or says in one line why it cannot: logs in.
pub type LogIn = Box<dyn Fn() -> Result<String, String> + Send + Sync>;

/// A live audit. The tokens it holds are shown nowhere.
#[non_exhaustive]
pub struct LiveOptions {
    /// An address that answers differently with and without a valid token.
    pub address: Address,
    /// How it is asked. Default: GET.
    pub method: Method,
    /// How it is told the token.
    pub carrier: Carrier,
    /// A valid token.
    pub token: String,
    /// Where the next one comes from when that has ended.
    pub log_in: Option<LogIn>,
    /// Where the public keys are; `None` stands for `/.well-known/jwks.json` of the same server.
    pub key_set: Option<Address>,
    /// The issuer's own signing key (PEM), or its secret.
    pub signing_key: Option<Vec<u8>>,
    /// A token of this service that has ended.
    pub expired: Option<String>,
    /// A good token of the same issuer for another service.
    pub other_audience: Option<String>,
    /// A good token of another kind: an ID token, a refresh token.
    pub other_type: Option<String>,
    /// Where a POST with the token ends its session.
    pub logout: Option<Address>,
    /// Ends the session in another way, say by a new password.
    pub end: Option<LogIn>,
    /// Where refresh tokens are redeemed.
    pub refresh: Option<Refresh>,
    /// Where keys of ours are served, for `jku` and `x5u`.
    pub listener: Option<SocketAddr>,
    /// How the service reaches that.
    pub listener_url: Option<String>,
    /// The address of plain HTTP; `None` stands for port 80 of the same host.
    pub plain: Option<Address>,
    /// Whether the token may go out over plain HTTP beyond this machine.
    pub in_the_clear: bool,
    /// Whether a `kid` goes into queries and commands.
    pub is_intrusive: bool,
    /// Between two requests. Default: 200 ms.
    pub pause: Duration,
    /// For one answer. Default: 10 s.
    pub timeout: Duration,
    /// In all. Default: 1000.
    pub max_requests: usize,
    /// For everything that is asked. Default: half an hour.
    pub max_time: Duration,
    /// For the rests that the service asks for and the answers that never come, together. Default: ten minutes.
    pub max_wait: Duration,
    /// Certificates (PEM) that are trusted besides the system's.
    pub extra_ca: Option<Vec<u8>>,
}

/// How a refresh token is redeemed.
#[derive(Clone)]
#[non_exhaustive]
pub struct Refresh {
    /// The address of the POST.
    pub address: Address,
    /// A refresh token, which this uses up.
    pub token: String,
    /// The body, with `{}` for the token. Default: the form of RFC 6749, section 6.
    pub body: String,
    /// How long the service lets a used token pass once more, for clients that lost the answer.
    pub grace: Duration,
}

impl Refresh {
    /// Redeems `token` at `address` as RFC 6749 has it.
    #[must_use]
    pub fn new(address: Address, token: String) -> Self {
        let body = "grant_type=refresh_token&refresh_token={}".to_owned();
        Self { address, token, body, grace: Duration::ZERO }
    }
}

impl LiveOptions {
    /// An audit of `address` with `token`, without what may end sessions.
    #[must_use]
    pub fn new(address: Address, token: String) -> Self {
        Self {
            address,
            method: Method::GET,
            carrier: Carrier::Bearer,
            token,
            log_in: None,
            key_set: None,
            signing_key: None,
            expired: None,
            other_audience: None,
            other_type: None,
            logout: None,
            end: None,
            refresh: None,
            listener: None,
            listener_url: None,
            plain: None,
            in_the_clear: false,
            is_intrusive: false,
            pause: Duration::from_millis(200),
            timeout: Duration::from_secs(10),
            max_requests: 1_000,
            max_time: Duration::from_secs(30 * 60),
            max_wait: Duration::from_secs(10 * 60),
            extra_ca: None,
        }
    }

    pub(super) const fn pace(&self) -> Pace {
        Pace {
            timeout: self.timeout,
            pause: self.pause,
            max_requests: self.max_requests,
            max_time: self.max_time,
            max_wait: self.max_wait,
        }
    }
}

impl fmt::Debug for LiveOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveOptions").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("address", &self.address).finish_non_exhaustive()
    }
}
