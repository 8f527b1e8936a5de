//! What `--fix` would change, as a patch.

use similar::TextDiff;

use crate::code::Fixes;

/// Lines around a change.
const AROUND: usize = 3;

/// The changes as a unified diff, which `patch -p1` and `git apply` take.
///
/// It holds the files' own text, with whatever stands there: what shows it to people escapes what a terminal
/// would obey ([`shown`]).
#[must_use]
pub fn patch(fixes: &Fixes) -> String {
    let mut out = String::new();
    for file in &fixes.files {
        let name = file.path.display().to_string();
        let name = name.strip_prefix("./").unwrap_or(&name).trim_start_matches('/');
        let diff = TextDiff::from_lines(file.before.as_str(), file.after.as_str());
        let (old, new) = (format!("a/{name}"), format!("b/{name}"));
        out.push_str(&diff.unified_diff().context_radius(AROUND).header(&old, &new).to_string());
    }
    out
}

/// A patch for a terminal: what could move the cursor is escaped, and what goes and comes is colored.
#[must_use]
pub fn shown(patch: &str, color: bool) -> String {
    let mut out = String::with_capacity(patch.len());
    for line in patch.lines() {
        let code = match line.as_bytes().first() {
            Some(b'+') => "32",
            Some(b'-') => "31",
            Some(b'@') => "36",
            _ => "",
        };
        let text: Vec<String> = line.split('\t').map(super::shown).collect();
        let text = text.join("\t");
        if color && !code.is_empty() {
            out.extend(["\x1b[", code, "m", &text, "\x1b[0m\n"]);
        } else {
            out.extend([text.as_str(), "\n"]);
        }
    }
    out
}
