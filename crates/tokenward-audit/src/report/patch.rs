//! What `--fix` would change, as a patch.

use std::fmt::Write as _;

use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffOp, TextDiff};

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
        // A line ends where git thinks so; a file of carriage returns alone is one.
        let [before, after] = [&file.before, &file.after]
            .map(|text| text.split_inclusive('\n').collect::<Vec<&str>>());
        let diff = TextDiff::from_slices(&before, &after);
        let (old, new) = (quoted(&format!("a/{name}")), quoted(&format!("b/{name}")));
        out.extend(["--- ", &old, "\n+++ ", &new, "\n"]);
        for hunk in diff.grouped_ops(AROUND) {
            write_hunk(&mut out, &diff, &hunk);
        }
    }
    out
}

fn write_hunk(out: &mut String, diff: &TextDiff<'_, '_, str>, hunk: &[DiffOp]) {
    // Writing to a string cannot fail.
    let _written = writeln!(out, "{}", UnifiedHunkHeader::new(hunk));
    for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
        out.push(match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        });
        out.push_str(change.value());
        if !change.value().ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A name as git writes it in the head of a patch: in quotes where it has signs that would end it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '"' | '\\');
    if name.chars().all(is_plain) {
        return name.to_owned();
    }
    let mut out = String::from('"');
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // Writing to a string cannot fail.
                    let _written = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
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
