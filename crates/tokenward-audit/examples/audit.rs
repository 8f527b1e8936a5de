//! Audits the paths that it is given, as a program of one's own would:
//! `cargo run -p tokenward-audit --example audit -- [--json] [--project] [--include-uncertain] src`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tokenward_audit::report::{Report, Subject, json, text};
use tokenward_audit::{Options, audit_paths, audit_project};

const FLAGS: [&str; 3] = ["--json", "--project", "--include-uncertain"];

fn main() -> std::io::Result<()> {
    let (flags, paths): (Vec<_>, Vec<_>) =
        std::env::args_os().skip(1).partition(|arg| FLAGS.iter().any(|flag| arg == flag));
    let is = |name: &str| flags.iter().any(|flag| flag == name);
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let mut options = Options::default();
    options.include_uncertain = is("--include-uncertain");
    let audit = if is("--project") { audit_project } else { audit_paths };
    let audit = audit(&paths, &options);
    let of = Subject::default();
    let report = Report { audit: &audit, took: Duration::ZERO, of: &of };
    let mut out = std::io::stdout();
    if !is("--json") {
        return out.write_all(text::text(&report, false).as_bytes());
    }
    serde_json::to_writer(&mut out, &json::json(&report))?;
    out.write_all(b"\n")
}
