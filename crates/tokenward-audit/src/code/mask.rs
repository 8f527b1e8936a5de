//! What of a secret is shown: its first characters, to know it by.

use std::ops::Range;

use crate::rules::Hit;

mod named;
mod pieces;
mod shape;
#[cfg(test)]
mod tests;
mod values;
mod vocabulary;

/// As many characters of a secret as are shown, and never more than half.
const SHOWN: usize = 4;
/// As many bytes around what was found are looked at for it.
const NEAR: usize = 8_192;
/// A word of this length, of the letters of Base64, is a key or a token, where one was found.
const KEY: usize = 20;

/// A secret, as findings name it.
pub(crate) fn masked(secret: &str) -> String {
    shown(secret).chain(['…']).collect()
}

/// The characters of a secret that are shown.
fn shown(secret: &str) -> impl Iterator<Item = char> {
    secret.chars().take(SHOWN.min(secret.chars().count().div_ceil(2)))
}

/// The bytes of `text` that nobody may read in a part of it that is shown, whatever was found there.
pub(super) fn anywhere(text: &str, part: Range<usize>, is_code: bool) -> Vec<Range<usize>> {
    let mut found = shape::secrets(text, part.clone());
    found.extend(named::secrets(text, part, is_code));
    found.into_iter().map(|range| hidden(text, range)).filter(|range| !range.is_empty()).collect()
}

/// Those of private keys, of which a line alone says nothing.
pub(super) fn keys(text: &str) -> Vec<Range<usize>> {
    shape::keys(text)
}

/// The part of a secret that is not shown.
fn hidden(text: &str, secret: Range<usize>) -> Range<usize> {
    let kept: usize = shown(text.get(secret.clone()).unwrap_or_default()).map(char::len_utf8).sum();
    secret.start.saturating_add(kept)..secret.end
}

/// `${NAME}` and the like, which is no secret, without one to fall back to.
fn is_variable(value: &str) -> bool {
    let is_name =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | ' ' | '(' | ')');
    ["$", "{", "%", "<"].iter().any(|start| value.starts_with(start))
        && value
            .trim_start_matches(['$', '%', '<', '#'])
            .trim_end_matches(['%', '>'])
            .chars()
            .all(is_name)
}

/// The bytes of `text` that nobody may read for what was found.
pub(super) fn secrets(text: &str, hit: &Hit) -> Vec<Range<usize>> {
    let found = text.get(hit.span.clone()).unwrap_or_default();
    let is_pem = found.contains("PRIVATE KEY-----");
    let (start, inside) = match hit.rule {
        "hardcoded-secret" if !is_pem => (hit.span.start, vec![unquoted(found)]),
        "secret-in-config" | "secret-shared" if !is_pem => {
            let comment = found.find("<!--").map(|at| at.saturating_add("<!--".len())..found.len());
            (hit.span.start, values::values(found).into_iter().chain(comment).collect())
        }
        "hardcoded-secret"
        | "secret-in-config"
        | "secret-shared"
        | "private-key-in-tree"
        | "token-in-tree" => {
            // Of a key, a part may have been found that says what it is.
            let lines = whole_lines(text, &hit.span);
            (lines.start, long_words(text.get(lines).unwrap_or_default()))
        }
        _ => return Vec::new(),
    };
    let here = |range: Range<usize>| {
        hidden(text, range.start.saturating_add(start)..range.end.saturating_add(start))
    };
    inside.into_iter().map(here).filter(|range| !range.is_empty()).collect()
}

/// The lines that a part of the text stands in.
fn whole_lines(text: &str, part: &Range<usize>) -> Range<usize> {
    let before = text.get(..part.start).and_then(|before| before.rfind('\n'));
    let after = text.get(part.end..).and_then(|after| after.find('\n'));
    let start = before.map_or(0, |at| at.saturating_add(1));
    let end = after.map_or(text.len(), |at| part.end.saturating_add(at));
    // Of a long line, no more than what is around the part is ever shown.
    let start = start.max(boundary(text, part.start.saturating_sub(NEAR)));
    start..end.min(boundary(text, part.end.saturating_add(NEAR)))
}

/// The first place from here on where a character begins.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// A literal without its quotes, and what a language writes before them.
fn unquoted(literal: &str) -> Range<usize> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`');
    let start = literal.find(is_quote).filter(|start| *start <= 4).unwrap_or(0);
    let inner = literal.get(start..).unwrap_or_default();
    let start =
        start.saturating_add(inner.len().saturating_sub(inner.trim_start_matches(is_quote).len()));
    let end = literal.trim_end_matches(|c| is_quote(c) || c == '#').len();
    start..end.max(start)
}

/// Words that are long enough for keys and tokens.
fn long_words(text: &str) -> Vec<Range<usize>> {
    let is_in =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '.' | '\\');
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_in(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                if at.saturating_sub(from) >= KEY {
                    words.push(from..at);
                }
            }
            _ => {}
        }
    }
    words
}
