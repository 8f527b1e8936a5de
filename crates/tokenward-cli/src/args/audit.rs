//! `tokenward audit …`.

use clap::ValueEnum;

use super::{Args, PathBuf, Subcommand};

/// `tokenward audit`.
#[derive(Args, Debug)]
#[command(after_help = "Example: tokenward audit code .")]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find the ten mistakes in source code: Python, JavaScript, TypeScript, Vue, HTML, Go
    Code(AuditCodeArgs),
}

/// `tokenward audit code`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tokenward audit code .\n  tokenward audit code src --format sarif > findings.sarif\n\nExit codes: 0 nothing found; 1 findings; 2 nothing could be looked at."
)]
pub(crate) struct AuditCodeArgs {
    /// Files, and folders with all that is below them but what `.gitignore` names
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Count tests, fixtures and documentation as code
    #[arg(long)]
    pub(crate) include_tests: bool,
    /// Count only what is new since a revision of git: findings on lines that it does not have
    #[arg(long, value_name = "REV")]
    pub(crate) since: Option<String>,
    /// Leave out the findings that a baseline file knows
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings to a baseline file, and end with exit code 0
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "since"])]
    pub(crate) write_baseline: Option<PathBuf>,
    /// End with exit code 1 only for findings of this severity or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
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
