//! Audits the paths that it is given, as a program of one's own would:
//! `cargo run -p tokenward-audit --example audit -- [--json] [--include-uncertain] src`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tokenward_audit::report::{Report, json, text};
use tokenward_audit::{Options, audit_paths};

fn main() -> std::io::Result<()> {
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args_os()
        .skip(1)
        .partition(|arg| arg == "--json" || arg == "--include-uncertain");
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let mut options = Options::default();
    options.include_uncertain = flags.iter().any(|flag| flag == "--include-uncertain");
    let audit = audit_paths(&paths, &options);
    let report = Report { audit: &audit, took: Duration::ZERO };
    let mut out = std::io::stdout();
    if !flags.iter().any(|flag| flag == "--json") {
        return out.write_all(text::text(&report, false).as_bytes());
    }
    serde_json::to_writer(&mut out, &json::json(&report))?;
    out.write_all(b"\n")
}
