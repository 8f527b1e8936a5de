//! Lines of settings: `KEY=value`, `key: value`, `"key": "value"`, with what is around them by indentation.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// A setting.
#[derive(Debug)]
pub(super) struct Setting<'t> {
    /// Its name, after those around it: `spring.security.jwt.secret`.
    pub(super) path: String,
    pub(super) value: &'t str,
    /// The line.
    pub(super) span: Range<usize>,
}

impl Setting<'_> {
    /// The last part of its name.
    pub(super) fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }
}

/// Deeper, nobody nests settings.
const MAX_DEPTH: usize = 32;
/// Longer lines are data.
const MAX_LINE: usize = 4096;

/// All lines, with where each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0_usize;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at = at.saturating_add(line.len());
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// All settings of a text.
pub(super) fn settings(text: &str) -> Vec<Setting<'_>> {
    let mut found = Vec::new();
    let mut around: Vec<(usize, &str)> = Vec::new();
    // Kubernetes: `- name: KEY`, and `value: …` below it.
    let mut named = "";
    let mut open: Option<Open> = None;
    for (start, line) in lines(text) {
        let inner = line.trim_start();
        open = open.and_then(|open| open.read(&mut found, (start, line)));
        if inner.starts_with(['#', ';', '/', '<']) || inner.is_empty() || line.len() > MAX_LINE {
            continue;
        }
        let indent = line.len().saturating_sub(inner.len());
        let inner = inner.trim_start_matches("- ").trim_start_matches("export ").trim_start();
        let Some((key, value)) = split(inner) else { continue };
        around.retain(|(outer, _)| *outer < indent);
        let span = start..start.saturating_add(line.len());
        match key {
            "name" => named = value,
            "value" if !named.is_empty() => {
                found.push(Setting { path: named.to_owned(), value, span });
                open = Open::at(found.len(), indent, value, inner);
                named = "";
                continue;
            }
            _ => {}
        }
        let mut path: Vec<&str> = around.iter().map(|(_, key)| *key).collect();
        path.push(key);
        found.push(Setting { path: path.join("."), value, span });
        open = Open::at(found.len(), indent, value, inner);
        if around.len() < MAX_DEPTH {
            around.push((indent, key));
        }
    }
    found
}

/// A setting whose value may stand on the next line.
struct Open {
    /// Where it is in what was found.
    at: usize,
    indent: usize,
    /// A mark said that what follows is its value, whatever it looks like.
    is_marked: bool,
    /// It has its line: one more, and it is a text and no secret.
    is_full: bool,
}

impl Open {
    /// `key: |`, `key: >-`, `key:`, and `key=\` of properties.
    fn at(found: usize, indent: usize, value: &str, written: &str) -> Option<Self> {
        let is_block = value.is_empty() && written.trim_end().ends_with(['>', ':']);
        let is_marked = matches!(value, "|" | "|-" | "|+" | "-" | "+" | "\\")
            || is_block && written.trim_end().ends_with('>');
        let at = found.checked_sub(1)?;
        (is_marked || is_block).then_some(Self { at, indent, is_marked, is_full: false })
    }

    fn read<'t>(
        mut self,
        found: &mut [Setting<'t>],
        (start, line): (usize, &'t str),
    ) -> Option<Self> {
        let inner = line.trim();
        if inner.is_empty() {
            return Some(self);
        }
        let indent = line.len().saturating_sub(line.trim_start().len());
        let is_other =
            !self.is_marked && (split(inner).is_some() || inner.starts_with(['-', '{', '[', '#']));
        if indent <= self.indent || is_other || line.len() > MAX_LINE {
            return None;
        }
        let setting = found.get_mut(self.at)?;
        if self.is_full {
            setting.value = "";
            return None;
        }
        setting.value = bare(inner);
        setting.span.end = start.saturating_add(line.len());
        self.is_full = true;
        Some(self)
    }
}

fn split(line: &str) -> Option<(&str, &str)> {
    let at = line.find(['=', ':'])?;
    let (key, rest) = line.split_at_checked(at)?;
    let value = rest.get(1..)?;
    let key = key.trim().trim_matches(['"', '\'']);
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$' | '@'));
    is_key.then(|| (key, bare(value)))
}

/// A value without its quotes, its comma, and a comment after it.
fn bare(value: &str) -> &str {
    let value = value.trim().trim_start_matches(['>', '=']).trim();
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some((inner, _)) = rest.split_once(quote)
        {
            return inner;
        }
    }
    let value = [" #", " //"]
        .iter()
        .fold(value, |value, mark| value.split_once(mark).map_or(value, |(value, _)| value));
    value.trim().trim_end_matches([',', '{', '[']).trim()
}
