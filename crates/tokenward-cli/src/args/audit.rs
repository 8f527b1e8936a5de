//! `tokenward audit …`.

use clap::ValueEnum;

use super::{Args, PathBuf, Subcommand};
pub(crate) use live::{AuditLiveArgs, LiveSessionArgs, LiveTokenArgs};

mod live;

/// `tokenward audit`.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  tokenward audit\n  tokenward audit --format html > audit.html\n  tokenward audit --fix --dry-run\n  tokenward audit code src\n  tokenward audit token \"$TOKEN\"\n  tokenward audit jwks https://auth.example.com/jwks.json\n  tokenward audit live https://api.example.com/me --i-own-this --token-env TOKEN\n\nExit codes: 0 nothing found; 1 findings; 2 nothing could be looked at."
)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    #[command(flatten)]
    pub(crate) project: AuditProjectArgs,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find the ten mistakes in source code alone: Python, JavaScript, TypeScript, Vue, HTML, Go, Java, Kotlin,
    /// C#, PHP, Ruby, Rust, Swift, Dart
    Code(AuditCodeArgs),
    /// Look at what a token says, and try known secrets on its signature
    Token(AuditTokenArgs),
    /// Look at the keys of a key set, and how it is served
    Jwks(AuditJwksArgs),
    /// Ask a running service that is yours, with forged tokens
    Live(Box<AuditLiveArgs>),
    /// List all rules, or explain one
    Rules(AuditRulesArgs),
}

/// `tokenward audit` of a whole project.
#[derive(Args, Debug)]
pub(crate) struct AuditProjectArgs {
    /// Folders and files [default: the folder that this runs in]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) strictness: AuditStrictness,
    #[command(flatten)]
    pub(crate) comparison: AuditComparison,
    #[command(flatten)]
    pub(crate) mending: AuditMending,
}

/// `tokenward audit rules`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit rules\n  tokenward audit rules unverified-decode"
)]
pub(crate) struct AuditRulesArgs {
    /// What it finds, why that matters, what to do, and what it does not report
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

/// What of the findings is new.
#[derive(Args, Debug)]
pub(crate) struct AuditComparison {
    /// Count only what is new since a revision of git: findings on lines that it does not have
    #[arg(long, value_name = "REV")]
    pub(crate) since: Option<String>,
    /// Leave out the findings that a baseline file knows
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings to a baseline file, and end with exit code 0
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "since"])]
    pub(crate) write_baseline: Option<PathBuf>,
}

/// How strictly a project, or its code, is looked at.
#[derive(Args, Debug)]
pub(crate) struct AuditStrictness {
    /// Count tests, fixtures, documentation and code for development alone
    #[arg(long)]
    pub(crate) include_tests: bool,
    /// Count findings of low confidence too, whose truth is decided out of sight
    #[arg(long)]
    pub(crate) include_uncertain: bool,
    /// The auditor's settings [default: tokenward-audit.toml, here or above in the repository]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// End with exit code 1 only for findings of this severity or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// Remember in your own cache folder what each file came to, and look only at those that have changed
    #[arg(long)]
    pub(crate) cache: bool,
}

/// `tokenward audit token`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit token \"$TOKEN\"\n  tokenward audit token - --wordlist words.txt --vary < token.txt\n\nThe token is sent nowhere."
)]
pub(crate) struct AuditTokenArgs {
    /// The token, or `-` for standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
    /// Try the lines of a file as secrets, before the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) wordlist: Option<PathBuf>,
    /// Also try the forms that people give to words: `Word123`, `WORD_secret`, `w0rd`
    #[arg(long, requires = "wordlist")]
    pub(crate) vary: bool,
    /// The threads to try secrets on [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) threads: usize,
    /// End with exit code 1 only for findings of this severity or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

/// `tokenward audit jwks`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit jwks jwks.json\n  tokenward audit jwks https://auth.example.com/.well-known/jwks.json --state keys.json"
)]
pub(crate) struct AuditJwksArgs {
    /// A file, a URL, or `-` for standard input
    #[arg(value_name = "FILE-or-URL")]
    pub(crate) jwks: String,
    /// Certificates (PEM) that are trusted besides the system's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Remember in a file when each key was seen first, and tell of those that never change
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// With --state: after how many days the same key is one too long
    #[arg(long, value_name = "DAYS", default_value_t = 90, requires = "state")]
    pub(crate) max_age: u64,
    /// End with exit code 1 only for findings of this severity or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

/// `tokenward audit code`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit code .\n  tokenward audit code src --format sarif > findings.sarif\n  tokenward audit code src --fix --dry-run\n\nExit codes: 0 nothing found; 1 findings; 2 nothing could be looked at."
)]
pub(crate) struct AuditCodeArgs {
    /// Files, and folders with all that is below them but what `.gitignore` names
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) strictness: AuditStrictness,
    #[command(flatten)]
    pub(crate) comparison: AuditComparison,
    #[command(flatten)]
    pub(crate) mending: AuditMending,
}

/// Whether what needs no decision is mended.
#[derive(Args, Debug)]
pub(crate) struct AuditMending {
    /// Mend in the code what needs no decision, of what counts, and show what is left
    #[arg(long, conflicts_with = "write_baseline")]
    pub(crate) fix: bool,
    /// With --fix: print what would change as a patch, and write nothing; exit code 1 if there is anything
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// With --fix: also change files that git has not, or not as they are
    #[arg(long, requires = "fix")]
    pub(crate) allow_dirty: bool,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// Whatever is found
    #[default]
    Info,
    /// Low and worse
    Low,
    /// Medium and worse
    Medium,
    /// High and worse
    High,
    /// Critical alone
    Critical,
}
