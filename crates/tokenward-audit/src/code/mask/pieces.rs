//! A few lines of any language in pieces: words, texts in quotes, signs.

use std::ops::Range;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Word,
    /// What stands between quotes.
    Text,
    Sign(char),
    Line,
    /// A comment of code, to the end of its line.
    Comment,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// In the whole text; of a text in quotes, without these.
    pub(super) at: Range<usize>,
}

impl Piece {
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

pub(super) fn pieces(text: &str, part: Range<usize>, is_code: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = part.start;
    let region_end = part.end;
    while let Some(rest) = text.get(at..region_end)
        && let Some(c) = rest.chars().next()
    {
        let start = at;
        let (kind, inner, length) = if is_of_word(c) {
            let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            (Some(Kind::Word), 0..length, length)
        } else if let Some((end, length)) = quoted(text, at, rest, c) {
            (Some(Kind::Text), 1..end, length)
        } else if is_code && is_comment(text, at, rest) {
            let length = rest.find('\n').unwrap_or(rest.len());
            (Some(Kind::Comment), 0..length, length)
        } else {
            let kind = match c {
                '\n' => Some(Kind::Line),
                '\\' => None,
                c if c.is_whitespace() => None,
                c => Some(Kind::Sign(c)),
            };
            (kind, 0..c.len_utf8(), c.len_utf8())
        };
        at = start.saturating_add(length.max(1));
        let here = start.saturating_add(inner.start)..start.saturating_add(inner.end);
        pieces.extend(kind.map(|kind| Piece { kind, at: here }));
    }
    pieces
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$')
}

/// Where what begins here ends, and how much that is with its quotes; a lone one, as in `don't`, begins nothing.
fn quoted(text: &str, at: usize, rest: &str, quote: char) -> Option<(usize, usize)> {
    if !matches!(quote, '"' | '\'' | '`') {
        return None;
    }
    let before: Vec<char> = text
        .get(..at)
        .unwrap_or_default()
        .chars()
        .rev()
        .take(3)
        .take_while(|c| c.is_alphanumeric())
        .collect();
    if quote == '\'' && before.len() > 2 {
        return None;
    }
    // Within a text, the quotes of another have a stroke before them.
    let is_inner = text.get(..at).is_some_and(|before| before.ends_with('\\'));
    let mut is_escaped = false;
    for (end, c) in rest.char_indices().skip(1) {
        match c {
            '\n' if quote != '`' => return None,
            c if c == quote && is_inner && is_escaped => {
                return Some((end.checked_sub(1)?, end.saturating_add(1)));
            }
            c if c == quote && !is_escaped => return Some((end, end.saturating_add(1))),
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

/// `// …` and `# …`.
fn is_comment(text: &str, at: usize, rest: &str) -> bool {
    let before = text.get(..at).unwrap_or_default().chars().next_back();
    let is_after_blank = before.is_none_or(char::is_whitespace);
    rest.starts_with("//") && before != Some(':') || is_after_blank && rest.starts_with("# ")
}
