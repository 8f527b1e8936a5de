//! Tries so many secrets on a token, none of them right, to be timed from outside:
//! `time cargo run --release -p tokenward-audit --example secrets -- TOKEN 20000000 1`.

use std::io::Write as _;

use tokenward_audit::{Secrets, Words};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let token = arguments.next().unwrap_or_default();
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let Some(secrets) = Secrets::of(&token) else {
        return writeln!(std::io::stderr(), "no token of HS256, HS384 or HS512");
    };
    let lines = (0..count).map(|number| format!("{number:012}").into_bytes());
    let tried = secrets.search(Words::Lines(Box::new(lines), false), threads);
    writeln!(std::io::stdout(), "{} tried", tried.count)
}
