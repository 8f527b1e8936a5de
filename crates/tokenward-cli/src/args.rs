//! The command line, as it is typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tokenward::{Audience, ClientId, IssuerId, KeyId, SessionId, Subject};

use crate::duration;
use crate::output::{Color, Format};

pub(crate) use admin::{
    AdminArgs, AdminTokensArgs, AdminTokensCommand, KeysArgs, KeysCommand, ProofArgs, RevokeArgs,
    ServicesArgs, ServicesCommand, SessionsArgs, SessionsCommand,
};
pub(crate) use audit::{
    AuditArgs, AuditCodeArgs, AuditCommand, AuditComparison, AuditJwksArgs, AuditLiveArgs,
    AuditMending, AuditProjectArgs, AuditRulesArgs, AuditStrictness, AuditTokenArgs, FailOn,
    LiveSessionArgs, LiveTokenArgs,
};
pub(crate) use root::{RootArgs, RootCommand, RootDelegateArgs, RootInitArgs, RootRotateArgs};
pub(crate) use token::{AcceptType, InspectArgs, IssueArgs, TokenArgs, TokenCommand, VerifyArgs};

mod admin;
mod audit;
mod root;
#[cfg(test)]
mod tests;
mod token;

/// JWT security as one finished layer: issues, carries, verifies, renews, revokes and rotates.
#[derive(Debug, Parser)]
#[command(name = "tokenward", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Example: tokenward serve --dev\n\n\
    Exit codes: 0 done and good; 1 the answer is no; 2 the command could not be carried out.")]
pub(crate) struct Cli {
    /// How to print answers
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = OUTPUT)]
    pub(crate) format: Format,
    /// When to use color (`NO_COLOR` is honored)
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = OUTPUT)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options of every command stand apart from its own in its help.
const OUTPUT: &str = "Output";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the authority
    Serve(ServeArgs),
    /// Write a commented tokenward.toml and the first keys for production
    Init(InitArgs),
    /// Open everything that the config names and list what would refuse to start
    Check(CheckArgs),
    /// The life cycle of signing keys
    Keys(KeysArgs),
    /// Sessions: list, show, end
    Sessions(SessionsArgs),
    /// Revoke tokens, sessions or subjects
    Revoke(RevokeArgs),
    /// Machine clients of the authority
    Services(ServicesArgs),
    /// Credentials for administration over TCP
    AdminTokens(AdminTokensArgs),
    /// Offline work on one token
    Token(TokenArgs),
    /// An offline root, which says who may sign key sets
    Root(RootArgs),
    /// Run forward-auth for nginx, Traefik, Caddy, HAProxy or Envoy
    Gate(GateArgs),
    /// Find the ten mistakes of JWT security in what you already run
    Audit(AuditArgs),
    /// Grade the running authority by the ten mistakes, with what was seen and what mends it
    Doctor(DoctorArgs),
    /// Print a completion script
    Completions(CompletionsArgs),
}

impl Command {
    /// Whether private keys, or what opens them, come into the memory of this process.
    pub(crate) const fn handles_keys(&self) -> bool {
        matches!(
            self,
            Self::Init(_) | Self::Check(_) | Self::Keys(_) | Self::Token(_) | Self::Root(_)
        )
    }
}

/// `tokenward serve`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward serve --dev\n  tokenward serve --config /etc/tokenward/tokenward.toml"
)]
pub(crate) struct ServeArgs {
    /// Needs no config: own TLS, embedded store and keys, one audience and one service; loopback only
    #[arg(long)]
    pub(crate) dev: bool,
    /// The config file (default: tokenward.toml)
    #[arg(long, value_name = "FILE", conflicts_with = "dev")]
    pub(crate) config: Option<PathBuf>,
    /// Where private keys live with --dev; those in memory are lost at each restart
    #[arg(long, value_enum, default_value_t, value_name = "CUSTODY", requires = "dev")]
    pub(crate) custody: DevCustody,
    /// Where store, socket and keys live (default: ./.tokenward with --dev, else the config's folder)
    #[arg(long, value_name = "DIR", env = "TOKENWARD_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// The public listener, instead of the config's
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// How to write the log
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", env = "TOKENWARD_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,
}

/// The custodies of a development server.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum DevCustody {
    /// In the store, sealed
    #[default]
    Sealed,
    /// In the process that made them
    Memory,
}

/// How the log is written, to standard error.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// `tokenward init`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward init --data /etc/tokenward --issuer https://auth.example.com --audience billing-api\n  \
    tokenward init --data /etc/tokenward --custody vault-transit"
)]
pub(crate) struct InitArgs {
    /// The folder to write to; made if it does not exist
    #[arg(long, value_name = "DIR", default_value = ".", env = "TOKENWARD_DATA")]
    pub(crate) data: PathBuf,
    /// The URL of the authority
    #[arg(long, value_name = "URL", default_value = "https://auth.example.com")]
    pub(crate) issuer: IssuerId,
    /// The first service that will accept tokens
    #[arg(long, value_name = "NAME", default_value = "billing-api")]
    pub(crate) audience: Audience,
    /// Where private keys live; a key stays in the custody that made it
    #[arg(long, value_enum, default_value_t, value_name = "CUSTODY")]
    pub(crate) custody: InitCustody,
}

/// The custodies that a configuration can name, in its words.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum InitCustody {
    /// In the store, encrypted
    #[default]
    Sealed,
    /// In the transit engine of a vault
    VaultTransit,
    /// Documents in the KV engine of a vault
    VaultKv,
    /// In AWS KMS
    AwsKms,
    /// Secrets in AWS Secrets Manager
    AwsSecretsManager,
    /// In a hardware token
    Pkcs11,
    /// In the process that made them: for `serve --dev` alone
    Memory,
}

/// `tokenward check`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward check --config /etc/tokenward/tokenward.toml")]
pub(crate) struct CheckArgs {
    /// The config file
    #[arg(long, value_name = "FILE", default_value = "tokenward.toml")]
    pub(crate) config: PathBuf,
    /// Where store, socket and keys live (default: the config's folder)
    #[arg(long, value_name = "DIR", env = "TOKENWARD_DATA")]
    pub(crate) data: Option<PathBuf>,
}

/// `tokenward doctor`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward doctor --data /var/lib/tokenward\n  tokenward doctor --at-least 9 --format json\n\n\
    Nothing is changed: no session is made and none ended. Exit code 1 below --at-least."
)]
pub(crate) struct DoctorArgs {
    /// How many of the ten mistakes must be avoided
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=10))]
    pub(crate) at_least: u8,
    /// Where the public listener is reached, if not at the issuer
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The config file, for what lies beside it (default: tokenward.toml in the data folder)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) admin: AdminArgs,
}

/// `tokenward gate`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Examples:\n  tokenward gate --config gate.toml\n  tokenward gate explain GET /invoices/7 --config gate.toml"
)]
pub(crate) struct GateArgs {
    #[command(subcommand)]
    pub(crate) command: Option<GateCommand>,
    /// The gate's config file
    #[arg(long, value_name = "FILE", default_value = "gate.toml")]
    pub(crate) config: PathBuf,
    /// How to write the log
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", env = "TOKENWARD_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,
}

/// What else the gate can do.
#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Say which rule decides about a request, without one
    #[command(after_help = "Example: tokenward gate explain GET /invoices/7 --config gate.toml")]
    Explain {
        /// The method of the request
        method: String,
        /// The path of the request, or its whole URL
        url: String,
        /// The gate's config file
        #[arg(long, value_name = "FILE", default_value = "gate.toml")]
        config: PathBuf,
        /// Say whether this token would do, by what it says of itself (`-` is standard input)
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
    },
}

/// `tokenward completions`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward completions bash > /etc/bash_completion.d/tokenward")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

fn duration_arg(text: &str) -> Result<Duration, String> {
    duration::parse(text)
}
