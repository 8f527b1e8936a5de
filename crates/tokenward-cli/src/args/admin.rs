//! The commands that talk to a running authority.

use tokenward::{Algorithm, IssuerId};

use super::{
    Args, Audience, ClientId, Duration, KeyId, PathBuf, SessionId, Subcommand, Subject,
    duration_arg,
};

/// How to reach the authority.
#[derive(Args, Clone, Debug)]
pub(crate) struct AdminArgs {
    /// The authority's data folder, where its admin socket is
    #[arg(long, global = true, value_name = "DIR", env = "TOKENWARD_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Over TCP instead: the admin URL; its token comes from `TOKENWARD_ADMIN_TOKEN`
    #[arg(long, global = true, value_name = "URL", env = "TOKENWARD_ADMIN_URL")]
    pub(crate) admin_url: Option<String>,
    /// A certificate authority to trust besides the system's
    #[arg(long, global = true, value_name = "FILE", env = "TOKENWARD_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

/// `tokenward keys`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward keys list --audience billing-api")]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
    /// One audience instead of all
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) audience: Option<Audience>,
    /// The config file, whose authority is asked; where none runs, its store (default: tokenward.toml in the data
    /// folder)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the keys with their states and times
    #[command(after_help = "Example: tokenward keys list --audience billing-api --format json")]
    List,
    /// Activate the ripe standby and publish a new one
    #[command(after_help = "Example: tokenward keys rotate --audience billing-api --wait")]
    Rotate {
        /// With none ripe, wait for one instead of answering no
        #[arg(long, conflicts_with = "dry_run")]
        wait: bool,
        /// Show what it would do, and why, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// End all trust in a key that may have leaked, at once
    #[command(after_help = "Example: tokenward keys compromise prod-Qk2… --audience billing-api")]
    Compromise {
        /// The `kid` of the key
        #[arg(value_name = "KID")]
        kid: KeyId,
    },
    /// Take over a key of yours, as one whose tokens still verify
    #[command(
        after_help = "Example: tokenward keys import --audience billing-api --until 24h old-key.pem"
    )]
    Import {
        /// The key: a JWK or PEM, private or public, or a shared secret; - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How long its tokens still verify
        #[arg(long, value_name = "DURATION", value_parser = duration_arg)]
        until: Option<Duration>,
        /// The `kid` that its tokens carry, if the key does not say it
        #[arg(long, value_name = "KID")]
        kid: Option<KeyId>,
        /// The algorithm of its tokens, if the key does not say it
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
        /// It is a shared HS256 secret, and this is the `iss` of its tokens: they verify at the authority alone
        #[arg(long, value_name = "ISSUER")]
        shared_by: Option<IssuerId>,
    },
    /// Print the public key that signs key sets, for `root delegate`; it is made if there is none
    #[command(after_help = "Example: tokenward keys signer --config tokenward.toml > signer.jwk")]
    Signer {
        /// Make another, for the next delegation
        #[arg(long)]
        new: bool,
        /// The algorithm of a key that is made
        #[arg(long, value_name = "ALG", default_value = "ES256")]
        algorithm: Algorithm,
    },
    /// Print the published key set, or the keys of the revocation feed
    #[command(after_help = "Example: tokenward keys jwks --audience billing-api > jwks.json")]
    Jwks {
        /// The keys that sign the revocation feed, now and next: what a verifier may pin
        #[arg(long)]
        feed: bool,
    },
    /// Seal the store under another key-encryption key; stop the authority first
    #[command(after_help = "Example: tokenward keys rewrap --to-config new.toml")]
    Rewrap {
        /// The configuration as it will be, with another key-encryption key below `keys`
        #[arg(long, value_name = "FILE")]
        to_config: PathBuf,
    },
    /// Show what became of every key there ever was
    #[command(after_help = "Example: tokenward keys history --audience billing-api")]
    History,
}

/// `tokenward sessions`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward sessions list --subject alice")]
pub(crate) struct SessionsArgs {
    #[command(subcommand)]
    pub(crate) command: SessionsCommand,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List sessions
    #[command(after_help = "Example: tokenward sessions list --subject alice")]
    List {
        /// Of one subject
        #[arg(long, value_name = "SUBJECT")]
        subject: Option<Subject>,
    },
    /// Show one session
    #[command(after_help = "Example: tokenward sessions show --session 9f2c…")]
    Show {
        /// The session
        #[arg(long, allow_hyphen_values = true, value_name = "SID")]
        session: SessionId,
    },
    /// End one session, or all of a subject
    #[command(after_help = "Example: tokenward sessions revoke --subject alice")]
    #[command(group = clap::ArgGroup::new("which").required(true))]
    Revoke {
        /// All sessions of this subject
        #[arg(long, value_name = "SUBJECT", group = "which")]
        subject: Option<Subject>,
        /// This session
        #[arg(long, allow_hyphen_values = true, value_name = "SID", group = "which")]
        session: Option<SessionId>,
        /// The session of that subject that goes on
        #[arg(long, allow_hyphen_values = true, value_name = "SID", requires = "subject")]
        except: Option<SessionId>,
    },
}

/// `tokenward revoke`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward revoke --sid 9f2c… --reason 'stolen phone'\n  tokenward revoke --subject alice --except-session 9f2c… --reason 'new password'\n  tokenward revoke --file ids.txt   (lines: jti ID, sid ID, sub ID, or the same as JSON)\n  tokenward revoke --everything --audience billing-api --reason 'database leaked'"
)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct RevokeArgs {
    /// One token, by its id
    #[arg(long, allow_hyphen_values = true, value_name = "JTI", group = "what")]
    pub(crate) jti: Option<String>,
    /// One session
    #[arg(long, allow_hyphen_values = true, value_name = "SID", group = "what")]
    pub(crate) sid: Option<String>,
    /// Everything a subject holds
    #[arg(long, allow_hyphen_values = true, value_name = "SUBJECT", group = "what")]
    pub(crate) subject: Option<String>,
    /// The session of that subject that goes on, with its next refresh
    #[arg(long, allow_hyphen_values = true, value_name = "SID")]
    pub(crate) except_session: Option<SessionId>,
    /// Many, a line each; - for standard input
    #[arg(long, value_name = "FILE", group = "what")]
    pub(crate) file: Option<PathBuf>,
    /// Every token and every session: all users log in again
    #[arg(long, group = "what")]
    pub(crate) everything: bool,
    /// Do not ask before --everything
    #[arg(long)]
    pub(crate) yes: bool,
    /// In one audience alone
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: Option<Audience>,
    /// For the log; shown to nobody else
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// `tokenward services`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward services list")]
pub(crate) struct ServicesArgs {
    #[command(subcommand)]
    pub(crate) command: ServicesCommand,
    /// The config file, whose authority is asked
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// What a service proves itself by in the place of a secret.
#[derive(Args, Clone, Debug)]
#[group(id = "proof", multiple = false)]
pub(crate) struct ProofArgs {
    /// By what it signs: its public keys, a JWK or a JWK set; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// By what it signs: where its public keys are
    #[arg(long, value_name = "URL")]
    pub(crate) jwks_uri: Option<String>,
    /// By a client certificate with this subject alternative name
    #[arg(long, value_name = "NAME")]
    pub(crate) certificate: Option<String>,
    /// By JWT-SVIDs of this workload
    #[arg(long, value_name = "SPIFFE-ID")]
    pub(crate) spiffe: Option<String>,
}

/// What to do with services.
#[derive(Debug, Subcommand)]
pub(crate) enum ServicesCommand {
    /// Add a service and show its secret, once; or one that proves itself by something else
    #[command(
        after_help = "Examples:\n  tokenward services add login-backend --may sessions:write --audience billing-api\n  tokenward services add invoices --audience billing-api --scope read --jwks invoices.jwk"
    )]
    Add {
        /// Its name, which is its `client_id`
        name: ClientId,
        /// What it may do; repeat or separate by commas
        #[arg(long, value_name = "PERMISSION", value_delimiter = ',')]
        may: Vec<String>,
        /// The audiences it works with; repeat or separate by commas
        #[arg(long, value_name = "NAME", value_delimiter = ',', required = true)]
        audience: Vec<Audience>,
        /// The scopes it may ask for in tokens of its own, or `*` for any; repeat or separate by commas
        #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
        scope: Vec<String>,
        /// It can keep no secret (a browser, a phone): it refreshes with its name alone
        #[arg(long, conflicts_with_all = ["may", "scope", "proof"])]
        public: bool,
        #[command(flatten)]
        proof: ProofArgs,
        /// How long its secret works; else until it is replaced
        #[arg(long, value_name = "DURATION", value_parser = duration_arg, conflicts_with_all = ["public", "proof"])]
        lifetime: Option<Duration>,
    },
    /// List the services
    #[command(after_help = "Example: tokenward services list")]
    List,
    /// Give a service a new secret and show it, once
    #[command(after_help = "Example: tokenward services rotate-secret login-backend --overlap 24h")]
    RotateSecret {
        /// Its name
        name: ClientId,
        /// How long the old secret still works
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration_arg)]
        overlap: Duration,
        /// How long the new secret works; else until it is replaced
        #[arg(long, value_name = "DURATION", value_parser = duration_arg)]
        lifetime: Option<Duration>,
    },
    /// Give a service other keys, or something else to prove itself by in the place of a secret
    #[command(after_help = "Example: tokenward services rotate-key invoices --jwks both-keys.json")]
    #[command(group = clap::ArgGroup::new("which").args(["jwks", "jwks_uri", "certificate", "spiffe"]).required(true))]
    RotateKey {
        /// Its name
        name: ClientId,
        #[command(flatten)]
        proof: ProofArgs,
        /// How long its secrets, if it has any, still work
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration_arg)]
        overlap: Duration,
    },
    /// Remove a service
    #[command(after_help = "Example: tokenward services remove login-backend")]
    Remove {
        /// Its name
        name: ClientId,
    },
}

/// `tokenward admin-tokens`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward admin-tokens add ci --scope read --lifetime 24h")]
pub(crate) struct AdminTokensArgs {
    #[command(subcommand)]
    pub(crate) command: AdminTokensCommand,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// What to do with administrators' tokens. They are made over the admin socket alone.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminTokensCommand {
    /// Make a token for administration over TCP and show it, once
    #[command(
        after_help = "Example: tokenward admin-tokens add ci --scope read,revocations --lifetime 24h"
    )]
    Add {
        /// What to call it; an earlier one of that name is replaced
        label: String,
        /// What it may do: read, keys, sessions, revocations, services
        #[arg(long, value_name = "SCOPE", value_delimiter = ',', required = true)]
        scope: Vec<String>,
        /// How long it is accepted: at most 90d
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration_arg)]
        lifetime: Duration,
    },
    /// List the tokens, without the tokens
    #[command(after_help = "Example: tokenward admin-tokens list")]
    List,
    /// Remove a token
    #[command(after_help = "Example: tokenward admin-tokens remove ci")]
    Remove {
        /// What it is called
        label: String,
    },
}
