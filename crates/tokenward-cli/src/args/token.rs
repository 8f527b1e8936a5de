//! `tokenward token …`.

use tokenward::InvalidId;

use super::{
    Args, Audience, ClientId, Duration, IssuerId, PathBuf, Subcommand, Subject, duration_arg,
};

/// `tokenward token`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward token inspect - < token.txt")]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

/// Work on one token, without an authority.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token with a key from a file
    Issue(IssueArgs),
    /// Verify a token and print its claims
    Verify(VerifyArgs),
    /// Decode a token without verifying it
    Inspect(InspectArgs),
}

/// `tokenward token issue`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: tokenward token issue --key key.pem --issuer https://auth.example.com \\\n  --audience billing-api --subject alice --client-id cli --lifetime 5m --claim roles='[\"admin\"]'"
)]
pub(crate) struct IssueArgs {
    /// The private key: a JWK or PKCS #8 PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The `iss`
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: IssuerId,
    /// The `aud`
    #[arg(long, value_name = "NAME", value_parser = any_audience)]
    pub(crate) audience: Audience,
    /// The `sub`
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Subject,
    /// The `client_id`
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client_id: ClientId,
    /// From 30s to 15m
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration_arg)]
    pub(crate) lifetime: Duration,
    /// The `scope`, separated by spaces
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
    /// A private claim; the value is JSON if it parses as JSON, a string otherwise
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    pub(crate) claims: Vec<String>,
}

/// `tokenward token verify`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: tokenward token verify --jwks https://auth.example.com/audiences/billing-api/jwks.json \\\n  --issuer https://auth.example.com/audiences/billing-api --audience billing-api - < token.txt"
)]
pub(crate) struct VerifyArgs {
    /// The key set: a file, a URL, or - for standard input
    #[arg(long, value_name = "FILE-or-URL")]
    pub(crate) jwks: String,
    /// The expected `iss`
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: IssuerId,
    /// The expected `aud`
    #[arg(long, value_name = "NAME", value_parser = any_audience)]
    pub(crate) audience: Audience,
    /// Also accept tokens whose `typ` is JWT or absent, as issuers without RFC 9068 make them
    #[arg(long, value_name = "TYPE")]
    pub(crate) accept_type: Option<AcceptType>,
    /// How wrong the clocks may be: at most 30s
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration_arg)]
    pub(crate) leeway: Duration,
    /// The longest lifetime (`exp` - `iat`) to accept: at most 24h (default: 15m, as an authority's own
    /// tokens have at most; 24h with --accept-type)
    #[arg(long, value_name = "DURATION", value_parser = duration_arg)]
    pub(crate) max_lifetime: Option<Duration>,
    /// Say on standard error why a token is refused; for the operator, never for a client
    #[arg(long)]
    pub(crate) explain: bool,
    /// A certificate authority to trust besides the system's, for a URL
    #[arg(long, value_name = "FILE", env = "TOKENWARD_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The token, or - for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
}

/// `--accept-type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum AcceptType {
    /// `typ: JWT`, or none
    #[value(name = "JWT", alias = "jwt")]
    Jwt,
}

/// `tokenward token inspect`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward token inspect - < token.txt")]
pub(crate) struct InspectArgs {
    /// The token, or - for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
}

/// Issuers elsewhere name their audiences as they like, often by URL.
fn any_audience(text: &str) -> Result<Audience, InvalidId> {
    Audience::foreign(text)
}
