//! Audits the paths that it is given, as a program of one's own would:
//! `cargo run -p tokenward-audit --example audit -- src`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tokenward_audit::report::{Report, text};
use tokenward_audit::{Options, audit_paths};

fn main() -> std::io::Result<()> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let audit = audit_paths(&paths, &Options::default());
    let report = Report { audit: &audit, took: Duration::ZERO };
    std::io::stdout().write_all(text::text(&report, false).as_bytes())
}
