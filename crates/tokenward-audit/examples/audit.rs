//! Audits the paths that it is given, as a program of one's own would:
//! `cargo run -p tokenward-audit --example audit -- [--json] src`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tokenward_audit::report::{Report, Subject, json, text};
use tokenward_audit::{Options, audit_paths};

fn main() -> std::io::Result<()> {
    let (flags, paths): (Vec<_>, Vec<_>) =
        std::env::args_os().skip(1).partition(|arg| arg == "--json");
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let audit = audit_paths(&paths, &Options::default());
    let of = Subject::default();
    let report = Report { audit: &audit, took: Duration::ZERO, of: &of };
    let mut out = std::io::stdout();
    if flags.is_empty() {
        return out.write_all(text::text(&report, false).as_bytes());
    }
    serde_json::to_writer(&mut out, &json::json(&report))?;
    out.write_all(b"\n")
}
