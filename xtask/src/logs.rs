//! No token, secret or cookie value may be in anything that the suite's servers logged.
//!
//! Each value that must not leak has a shape of its own: ours begin with `tws_` (service secret),
//! `twr_` (refresh token) or `twa_` (admin token), and a JWS begins with `eyJ`. Tests plant values with
//! the mark [`PLANTED`] in claims, private data, headers and passwords.

use std::fs;
use std::path::Path;

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
        .chain([("eyJ", "a token")])
        .find(|(prefix, _)| is_followed_by_a_value(line, prefix))
        .map(|(_, what)| what)
}

/// Whether `prefix` begins a run of at least 16 base64url characters: documentation may name the
/// prefix, a log may not show the value.
fn is_followed_by_a_value(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let after = line.get(at.saturating_add(prefix.len())..).unwrap_or_default();
        after.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count()
            >= 16
    })
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
    }
}
