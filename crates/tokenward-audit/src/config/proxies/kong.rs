//! Kong: the plugin `jwt`, in declarative files and as a resource of Kubernetes.

use std::ops::Range;

use crate::config::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;

/// As many plugins of a file are looked at.
const MOST: usize = 100;
/// As much belongs to one.
const MAX_BLOCK: usize = 16_384;

/// A plugin: the line that names it, and all that belongs to it, with where that begins.
struct Plugin<'t> {
    line: Range<usize>,
    at: usize,
    block: &'t str,
}

pub(super) fn hits(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for Plugin { line, at, block } in plugins(text).into_iter().take(MOST) {
        let settings = read::settings(block);
        let named = |name: &str| settings.iter().find(|one| one.last() == name);
        let place = |one: &read::Setting<'_>| {
            at.saturating_add(one.span.start)..at.saturating_add(one.span.end)
        };
        let checks_end = named("claims_to_verify").is_some() && has_item(block, "exp");
        if !checks_end {
            hits.push(hit(
                "expired-token-at-proxy",
                line.clone(),
                Severity::High,
                "Kong looks at `exp` only if it is asked to: tokens that have ended pass",
                "config.claims_to_verify: [exp, nbf], and maximum_expiration",
            ));
        }
        if let Some(one) = named("anonymous").filter(|one| !is_nothing(one.value)) {
            hits.push(hit(
                "token-optional-at-proxy",
                place(one),
                Severity::Medium,
                "requests whose token is missing or wrong pass as this consumer: each service behind has to refuse \
                 them itself",
                "leave `anonymous` out, and give paths that need no token a route without the plugin",
            ));
        }
        if let Some(one) = named("uri_param_names").filter(|one| !is_none(one, block)) {
            hits.push(super::in_url(place(one), "uri_param_names: []"));
        }
    }
    hits
}

fn plugins(text: &str) -> Vec<Plugin<'_>> {
    if text.contains("kind: KongPlugin") || text.contains("kind: KongClusterPlugin") {
        return resources(text);
    }
    if !text.contains("_format_version") {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Other lists have names too: what is open here, with how far it is indented.
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (start, line) in read::lines(text) {
        let inner = line.trim_start();
        let indent = line.len().saturating_sub(inner.len());
        let end = start.saturating_add(line.len());
        let inner = read::uncommented(inner);
        if let Some(item) = inner.strip_prefix("- ") {
            open.retain(|(outer, _)| *outer <= indent);
            let is_plugin = item
                .strip_prefix("name:")
                .is_some_and(|name| matches!(name.trim(), "jwt" | "\"jwt\"" | "'jwt'"));
            if is_plugin && open.last().is_some_and(|(_, key)| *key == "plugins:") {
                let rest = text.get(end..).unwrap_or_default();
                let block = deeper(read::beginning(rest, MAX_BLOCK), indent);
                found.push(Plugin { line: start..end, at: end, block });
            }
        } else if inner.ends_with(':') && !inner.starts_with('#') {
            open.retain(|(outer, _)| *outer < indent);
            open.push((indent, inner));
        }
    }
    found
}

/// The lines from here on that are indented more.
fn deeper(rest: &str, indent: usize) -> &str {
    let mut end = 0_usize;
    for line in rest.split_inclusive('\n') {
        let inner = line.trim_start();
        let own = line.len().saturating_sub(inner.len());
        if !inner.is_empty() && own <= indent {
            break;
        }
        end = end.saturating_add(line.len());
    }
    rest.get(..end).unwrap_or_default()
}

/// Documents of Kubernetes that are such a plugin.
fn resources(text: &str) -> Vec<Plugin<'_>> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    for document in text.split("\n---") {
        let block = read::beginning(document, MAX_BLOCK);
        let named = read::lines(block).find(|(_, line)| read::uncommented(line) == "plugin: jwt");
        if let Some((start, line)) = named {
            let start = at.saturating_add(start);
            found.push(Plugin { line: start..start.saturating_add(line.len()), at, block });
        }
        at = at.saturating_add(document.len()).saturating_add("\n---".len());
    }
    found
}

fn is_nothing(value: &str) -> bool {
    matches!(value, "" | "null" | "~" | "\"\"")
}

/// Whether a list that this setting begins is empty.
fn is_none(setting: &read::Setting<'_>, block: &str) -> bool {
    let line = block.get(setting.span.clone()).unwrap_or_default();
    let rest = block.get(setting.span.end..).unwrap_or_default();
    let next = rest.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.contains("[]") || !line.contains('[') && !next.starts_with('-')
}

fn has_item(block: &str, item: &str) -> bool {
    block
        .split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\''))
        .any(|word| word == item)
}
