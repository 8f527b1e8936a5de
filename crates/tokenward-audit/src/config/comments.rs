//! Comments of settings, which may allow something: only where the format has them, and in no text in quotes.

use std::ops::Range;
use std::path::Path;

use super::read;

/// What a comment begins with in a file of this name.
fn marks(path: &Path) -> &'static [&'static str] {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        // With comments it is read by .NET and by editors.
        "json" => &["//"],
        "jwk" => &[],
        "xml" | "config" | "plist" => &["<!--"],
        "ini" => &["#", ";"],
        "http" | "rest" | "tf" | "tfvars" => &["#", "//"],
        _ => &["#"],
    }
}

/// Comments that may allow something.
pub(crate) fn comments(path: &Path, text: &str) -> Vec<(Range<usize>, String)> {
    let marks = marks(path);
    let comment = |(start, line): (usize, &str)| {
        let end = line.find("tokenward:")?;
        let at = beginning(line.get(..end)?, marks)?;
        let span = start.saturating_add(at)..start.saturating_add(line.len());
        Some((span, line.get(at..)?.to_owned()))
    };
    read::lines(text).filter_map(comment).collect()
}

/// Where a comment begins, outside of quotes and behind a blank.
fn beginning(line: &str, marks: &[&str]) -> Option<usize> {
    let (mut quote, mut is_escaped, mut before) = (None, false, ' ');
    for (at, c) in line.char_indices() {
        match quote {
            Some(one) if c == one && !is_escaped => quote = None,
            Some(_) => {}
            // One within a word is none: `don't`.
            None if matches!(c, '"' | '\'') && !before.is_alphanumeric() => quote = Some(c),
            None => {
                let rest = line.get(at..).unwrap_or_default();
                let is_apart = before.is_whitespace() || !rest.starts_with('#');
                if is_apart && marks.iter().any(|mark| rest.starts_with(mark)) {
                    return Some(at);
                }
            }
        }
        is_escaped = c == '\\' && !is_escaped && quote == Some('"');
        before = c;
    }
    None
}
