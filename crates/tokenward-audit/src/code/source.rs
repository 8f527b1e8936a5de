//! One file's text, if it is fit to be read.

use std::fs;
use std::io::Read as _;
use std::path::Path;

/// More than people write into one file.
const MAX_BYTES: u64 = 2 << 20;
/// What a line of a bundle is longer than.
const LONG_LINE: usize = 5_000;

/// Reads a file; the error says why it is skipped.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    // To open a pipe is to wait for whoever writes into it.
    if !fs::metadata(path).map_err(|error| error.to_string())?.is_file() {
        return Err("no regular file".to_owned());
    }
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    if length > MAX_BYTES {
        return Err("larger than 2 MiB".to_owned());
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(MAX_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err("larger than 2 MiB".to_owned());
    }
    Ok(bytes)
}

/// The bytes as settings: in whatever encoding, with certificates in one line.
pub(super) fn settings(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.contains(&0) {
        return Err("binary".to_owned());
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(without_mark(text))
}

/// The bytes as text that a person may have written.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    if text.contains('\0') {
        return Err("binary".to_owned());
    }
    if text.lines().any(|line| line.len() > LONG_LINE) {
        return Err("minified or generated".to_owned());
    }
    Ok(without_mark(text))
}

fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    }
}
