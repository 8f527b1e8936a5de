//! Lines of settings: `KEY=value`, `key: value`, `"key": "value"`, with what is around them by indentation.

use std::ops::Range;

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
    for (start, line) in lines(text) {
        let inner = line.trim_start();
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
                named = "";
                continue;
            }
            _ => {}
        }
        let mut path: Vec<&str> = around.iter().map(|(_, key)| *key).collect();
        path.push(key);
        found.push(Setting { path: path.join("."), value, span });
        if around.len() < MAX_DEPTH {
            around.push((indent, key));
        }
    }
    found
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
