//! What a line of settings sets: every value in it, as one line may have several and any may be the secret.

use std::ops::Range;

/// The values in a line; of one that sets a single thing, all behind its first sign.
pub(super) fn values(line: &str) -> Vec<Range<usize>> {
    let is_tag = line.trim_start().starts_with('<');
    let has_value = is_tag && has_value(line);
    let mut reading = Reading {
        line,
        at: 0,
        values: Vec::new(),
        is_tag,
        has_value,
        is_flow: false,
        is_mixed: false,
    };
    match reading.without_sign() {
        Some(from) => reading.push(from..line.len()),
        None => reading.run(),
    }
    let mut values = reading.values;
    if values.is_empty() {
        // Where nothing can be told apart, nothing is shown.
        values.push(0..line.len());
    }
    let last = values.last().map_or(0, |last| last.end);
    values.truncate(MOST);
    if let Some(rest) = values.last_mut() {
        rest.end = rest.end.max(last);
    }
    values
}

/// As many values of a line stay apart.
const MOST: usize = 16;

#[expect(clippy::struct_excessive_bools, reason = "each says another thing of the line")]
struct Reading<'t> {
    line: &'t str,
    at: usize,
    values: Vec<Range<usize>>,
    is_tag: bool,
    /// Whether the tag has its value elsewhere than in what names it.
    has_value: bool,
    /// Whether values stand in brackets.
    is_flow: bool,
    /// Whether a value has ended already, so that the next does not go on to the end of the line.
    is_mixed: bool,
}

const QUOTES: [char; 2] = ['"', '\''];
const SIGNS: [char; 2] = ['=', ':'];

impl Reading<'_> {
    fn run(&mut self) {
        let mut is_set = false;
        while let Some(c) = self.rest().chars().next() {
            if QUOTES.contains(&c) {
                self.quoted(c, is_set);
                is_set = false;
            } else if SIGNS.contains(&c) || (c == '>' && self.is_tag) {
                self.skip(c);
                is_set = true;
            } else if matches!(c, '{' | '[') {
                self.skip(c);
                (is_set, self.is_flow) = (false, true);
            } else if is_set && !self.is_blank(c) {
                self.bare();
                is_set = false;
            } else {
                self.skip(c);
            }
        }
    }

    /// A text in quotes: a name where a sign comes after it, or a value, perhaps with its name before it.
    fn quoted(&mut self, quote: char, is_set: bool) {
        self.skip(quote);
        let inside = self.rest();
        let end = closing(inside, quote).unwrap_or(inside.len());
        let start = self.at;
        self.at = start.saturating_add(end);
        self.skip(quote);
        let is_name = !is_set && self.rest().trim_start().starts_with(SIGNS);
        if is_name || (is_set && self.names_only(start)) {
            return;
        }
        self.is_mixed = true;
        let text = self.line.get(start..start.saturating_add(end)).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let name = text.find(|c| !is_word(c)).filter(|at| *at > 0 && !is_set);
        let sign = name.filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(SIGNS)));
        let from = sign.map_or(0, |at| at.saturating_add(1));
        self.push(start.saturating_add(from)..start.saturating_add(end));
    }

    /// A value without quotes: all that is left, a member of a list, the text of a tag, or a word among others.
    fn bare(&mut self) {
        let rest = self.rest();
        let (is_tag, is_flow, is_mixed) = (self.is_tag, self.is_flow, self.is_mixed);
        let ends = |c: char| match c {
            '<' => is_tag,
            ',' | '}' | ']' => is_flow && !is_tag,
            c => c.is_whitespace() && is_mixed && !is_flow && !is_tag,
        };
        let end = rest.find(ends).unwrap_or(rest.len());
        let from = self.at;
        self.at = from.saturating_add(end.max(rest.chars().next().map_or(0, char::len_utf8)));
        self.push(from..from.saturating_add(end));
    }

    /// Where the value begins if a blank alone is before it: `ENV NAME value`, `name value`.
    fn without_sign(&self) -> Option<usize> {
        let inner = self.line.trim_start();
        let (first, _) = inner.split_once(char::is_whitespace)?;
        let before = match first.to_ascii_uppercase().as_str() {
            "ENV" | "ARG" => 2,
            _ if self.line.contains(SIGNS) || self.is_tag => return None,
            _ => 1,
        };
        let mut rest = inner;
        for _ in 0..before {
            let (word, behind) = rest.split_once(char::is_whitespace)?;
            if word.contains(SIGNS) {
                return None;
            }
            rest = behind.trim_start();
        }
        Some(self.line.len().saturating_sub(rest.len()))
    }

    /// Whether what stands here only says which setting another part of the tag sets.
    fn names_only(&self, start: usize) -> bool {
        let before = self.line.get(start.saturating_sub("name='".len())..start).unwrap_or_default();
        let before = before.to_ascii_lowercase();
        self.has_value
            && [r#"key=""#, r#"name=""#, "key='", "name='"].iter().any(|end| before.ends_with(end))
    }

    /// Signs before a value that belong to none; a folded one begins with `>-` or `|`.
    fn is_blank(&self, c: char) -> bool {
        let is_folded = || self.line.get(..self.at).is_some_and(|line| line.ends_with(['>', '|']));
        c.is_whitespace() || matches!(c, '>' | '|') || (matches!(c, '-' | '+') && is_folded())
    }

    fn rest(&self) -> &str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, c: char) {
        self.at = self.at.saturating_add(c.len_utf8()).min(self.line.len());
    }

    fn push(&mut self, range: Range<usize>) {
        let text = self.line.get(range.clone()).unwrap_or_default();
        let end = text.trim_end_matches([',', ' ', '\r', '\n']).len();
        if end > 0 {
            self.values.push(range.start..range.start.saturating_add(end));
        }
    }
}

/// Whether a tag has an attribute `value`, or text behind it.
fn has_value(line: &str) -> bool {
    let text = line.split_once('>').and_then(|(_, text)| text.split('<').next());
    line.to_ascii_lowercase().contains("value=") || text.is_some_and(|text| !text.trim().is_empty())
}

/// Where the quote is that ends a text.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends.then_some(at)
    })
}
