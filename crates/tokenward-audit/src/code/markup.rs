//! Scripts inside of markup: Vue, Svelte and HTML files.

use crate::lower::blank;

/// The text with everything but its scripts blanked, so that places stay what they are.
pub(super) fn scripts(text: &str) -> String {
    // Lower case keeps every byte's place, as only ASCII changes.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((start, end)) = next_script(&lower, at) {
        blank(&mut out, text.get(at..start).unwrap_or_default());
        out.push_str(text.get(start..end).unwrap_or_default());
        at = end;
    }
    blank(&mut out, text.get(at..).unwrap_or_default());
    out
}

/// The bytes between the next `<script …>` and its end, from `at`.
fn next_script(lower: &str, at: usize) -> Option<(usize, usize)> {
    const OPEN: &str = "<script";
    let mut from = at;
    loop {
        let rest = lower.get(from..)?;
        let tag = from.saturating_add(rest.find(OPEN)?);
        let after = tag.saturating_add(OPEN.len());
        let close = lower.get(after..)?.find('>')?;
        let attributes = lower.get(after..after.saturating_add(close))?;
        let start = after.saturating_add(close).saturating_add(1);
        // JSON and templates are no code, and `<scripting>` is no script.
        let is_code = !attributes.contains("json") && !attributes.contains("text/template");
        if is_code && !attributes.starts_with(char::is_alphanumeric) {
            // Sought for these alone: of tags that are skipped there may be as many as fit into the file.
            let body = lower.get(start..)?;
            let end = start.saturating_add(body.find("</script").unwrap_or(body.len()));
            return Some((start, end));
        }
        from = start;
    }
}
