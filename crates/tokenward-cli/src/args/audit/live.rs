//! `tokenward audit live`.

use std::net::SocketAddr;
use std::time::Duration;

use super::super::{Args, PathBuf};
use super::FailOn;
use crate::duration;

/// `tokenward audit live`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit live https://api.example.com/me --i-own-this --token-env TOKEN --jwks https://auth.example.com/jwks.json\n  tokenward audit live https://api.example.com/me --i-own-this --login ./print-a-token.sh --logout-url https://api.example.com/logout\n\nIt sends some 250 requests, five a second, and changes nothing but the session of the token where --logout-url, --end-with or --refresh-url is given.\n\nExit codes: 0 nothing found; 1 findings; 2 nothing could be looked at."
)]
pub(crate) struct AuditLiveArgs {
    /// An address that answers differently with and without a valid token
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Say that the service is yours, or that its owner has agreed
    #[arg(long, required = true)]
    pub(crate) i_own_this: bool,
    /// How the address is asked
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub(crate) method: http::Method,
    #[command(flatten)]
    pub(crate) tokens: LiveTokenArgs,
    #[command(flatten)]
    pub(crate) sessions: LiveSessionArgs,
    #[command(flatten)]
    pub(crate) places: LivePlaceArgs,
    #[command(flatten)]
    pub(crate) pace: LivePaceArgs,
    /// End with exit code 1 only for findings of this severity or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

/// The tokens, never typed themselves: the list of processes shows what is.
#[derive(Args, Debug)]
#[command(next_help_heading = "Tokens")]
pub(crate) struct LiveTokenArgs {
    /// A file with a valid token, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The environment variable with a valid token
    #[arg(long, value_name = "NAME", conflicts_with = "token_file")]
    pub(crate) token_env: Option<String>,
    /// A command that prints a valid token; also run when that has ended
    #[arg(long, value_name = "CMD")]
    pub(crate) login: Option<String>,
    /// Send the token in this header instead of `Authorization: Bearer`
    #[arg(long, value_name = "NAME")]
    pub(crate) header: Option<http::HeaderName>,
    /// Send the token in this cookie
    #[arg(long, value_name = "NAME", conflicts_with = "header")]
    pub(crate) cookie: Option<String>,
    /// A file with a token of this service that has ended
    #[arg(long, value_name = "FILE")]
    pub(crate) expired_token_file: Option<PathBuf>,
    /// A file with a good token of the same issuer for another service
    #[arg(long, value_name = "FILE")]
    pub(crate) other_audience_token_file: Option<PathBuf>,
    /// A file with a good token of another kind: an ID token, a refresh token
    #[arg(long, value_name = "FILE")]
    pub(crate) other_type_token_file: Option<PathBuf>,
    /// A file with the issuer's own signing key (PEM), or the secret: tries what only the issuer can make
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_key_file: Option<PathBuf>,
}

/// What ends sessions, each only where it is asked for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Sessions, which this ends")]
pub(crate) struct LiveSessionArgs {
    /// Where a POST with the token logs out
    #[arg(long, value_name = "URL", conflicts_with = "end_with")]
    pub(crate) logout_url: Option<String>,
    /// A command that ends the session in another way, say by a new password
    #[arg(long, value_name = "CMD")]
    pub(crate) end_with: Option<String>,
    /// Where refresh tokens are redeemed
    #[arg(long, value_name = "URL", requires = "refresh_token_file")]
    pub(crate) refresh_url: Option<String>,
    /// A file with a refresh token, which is used up
    #[arg(long, value_name = "FILE", requires = "refresh_url")]
    pub(crate) refresh_token_file: Option<PathBuf>,
    /// The body of that request, form or JSON, with `{}` for the refresh token
    #[arg(long, value_name = "TEXT", requires = "refresh_url")]
    pub(crate) refresh_body: Option<String>,
    /// How long a used refresh token may pass once more
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "0s")]
    pub(crate) refresh_grace: Duration,
}

/// Other addresses.
#[derive(Args, Debug)]
#[command(next_help_heading = "Addresses")]
pub(crate) struct LivePlaceArgs {
    /// The key set of the issuer [default: /.well-known/jwks.json of the same server, if it is there]
    #[arg(long, value_name = "URL")]
    pub(crate) jwks: Option<String>,
    /// The address of plain HTTP [default: port 80 of a host that is not this one]
    #[arg(long, value_name = "URL")]
    pub(crate) http_url: Option<String>,
    /// Serve a key of ours here, for `jku` and `x5u` [default: only for a service on this machine]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listener: Option<SocketAddr>,
    /// How the service reaches that
    #[arg(long, value_name = "URL", requires = "listener")]
    pub(crate) listener_url: Option<String>,
    /// Certificates (PEM) that are trusted besides the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// How hard it asks.
#[derive(Args, Debug)]
#[command(next_help_heading = "Pace")]
pub(crate) struct LivePaceArgs {
    /// Requests a second, at most
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rate: u32,
    /// How long one answer may take
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "10s")]
    pub(crate) timeout: Duration,
    /// Requests in all, at most
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) max_requests: usize,
    /// How long all of it may take
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "30m")]
    pub(crate) max_time: Duration,
    /// Also send `kid`s that would reach queries and commands; they select a constant, and change nothing
    #[arg(long)]
    pub(crate) intrusive: bool,
    /// Send the token over plain HTTP beyond this machine
    #[arg(long)]
    pub(crate) in_the_clear: bool,
}
