//! No token, secret or cookie value may be in anything that the suite's servers logged.
//!
//! Each value that must not leak has a shape of its own: ours begin with `tws_` (service secret),
//! `twr_` (refresh token) or `twa_` (admin token), and a JWS begins with `eyJ`. Tests plant values with
//! the mark [`PLANTED`] in claims, private data, headers and passwords.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::run::Failure;

const PLANTED: &str = "planted-secret";

/// Empties the folder, so that only this run's logs are searched.
pub(crate) fn clear(dir: &Path) -> Result<(), Failure> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir)?;
    Ok(())
}

/// Fails with the file and line of the first secret in any log below `dir`.
pub(crate) fn search(dir: &Path) -> Result<(), Failure> {
    let mut lines: u64 = 0;
    let mut files: u64 = 0;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            search(&path)?;
            continue;
        }
        files = files.saturating_add(1);
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        for (index, line) in text.lines().enumerate() {
            lines = lines.saturating_add(1);
            if let Some(what) = secret_in(line) {
                let at = index.saturating_add(1);
                return Err(Failure::new(format!("{}:{at}: {what} in a log", path.display())));
            }
        }
    }
    println!("no secret in {lines} lines of {files} logs");
    Ok(())
}

fn secret_in(line: &str) -> Option<&'static str> {
    if line.contains(PLANTED) {
        return Some("a planted secret");
    }
    [("tws_", "a service secret"), ("twr_", "a refresh token"), ("twa_", "an admin token")]
        .into_iter()
        .find(|(prefix, _)| values(line, prefix).next().is_some())
        .map(|(_, what)| what)
        .or_else(|| values(line, "eyJ").any(is_text).then_some("a token"))
}

/// The runs of base64url characters that begin with `prefix` and have at least 16 more: documentation
/// may name the prefix, a log may not show the value.
fn values<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let rest = line.get(at..)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        let run = rest.get(..end.unwrap_or(rest.len()))?;
        (run.len() >= prefix.len().saturating_add(16)).then_some(run)
    })
}

/// Whether base64url `run` begins with the text of a header: of some ten thousand random ids in the
/// logs of a run, one now and then has `eyJ` in it.
fn is_text(run: &str) -> bool {
    let whole = run.get(..16).unwrap_or_default();
    let decoded = URL_SAFE_NO_PAD.decode(whole).unwrap_or_default();
    decoded.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_a_secret_prefix_is_found_and_the_bare_prefix_is_not() {
        assert!(secret_in("got twr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").is_some());
        assert!(secret_in("authorization: Bearer eyJhbGciOiJFUzI1NiIsInR5cCI").is_some());
        assert!(secret_in("password=planted-secret-7").is_some());
        assert!(secret_in("a refresh token begins with twr_").is_none());
        assert!(secret_in("session_id=eyJpyYprJyfi6yl_DpMupA").is_none(), "a random id");
    }
}
