//! The conditions that a place runs under: `if condition { … }`, `condition ? this : that`.

use crate::model::{Id, Kind, Model};

/// How many nodes are looked at around a place.
const MAX_AROUND: usize = 64;

/// How another branch begins.
const ELSE_IF: [&str; 3] = ["elif ", "elsif ", "else if "];

/// Each condition around a place, as it is written, and whether it holds there; from the inside out.
pub(super) fn conditions<'t>(m: &Model, text: &'t str, at: Id) -> Vec<(&'t str, bool)> {
    let mut found = Vec::new();
    let mut inside = at;
    for one in m.ancestors(at).take(MAX_AROUND) {
        let before = text.get(m.node(one).span.start..m.node(inside).span.start);
        let before = before.unwrap_or_default();
        let part = text.get(m.node(inside).span.clone()).unwrap_or_default();
        found.extend(match m.kind(one) {
            Kind::Branch => branch(before, part),
            Kind::Choice(_) => choice(before),
            _ => None,
        });
        inside = one;
    }
    found
}

/// The condition that a part of an `if` runs under, out of what stands before it.
fn branch<'t>(before: &'t str, part: &'t str) -> Option<(&'t str, bool)> {
    // `elif kind == "none": …`, as a part of its own or as text before one.
    if ELSE_IF.iter().any(|word| part.starts_with(word)) {
        return Some((part.get(..head(part))?, true));
    }
    let end = head(before);
    let (condition, rest) = (before.get(..end)?, before.get(end..)?);
    let other = ELSE_IF.iter().filter_map(|word| rest.rfind(word)).max();
    if let Some(other) = other.and_then(|at| rest.get(at..)) {
        let end = head(other);
        let is_over = other.get(end..)?.contains("else");
        return (!is_over).then_some((other.get(..end)?, true));
    }
    let is_else = rest.contains("else") || part.starts_with("else");
    let is_condition = condition.starts_with("if") || condition.starts_with("unless");
    is_condition.then_some((condition, !is_else))
}

/// The same for `condition ? this : that`, over one line or several.
fn choice(before: &str) -> Option<(&str, bool)> {
    let (condition, rest) = before.split_once("? ")?;
    let is_other = rest.contains(" : ") || rest.contains("\n:");
    condition.ends_with(char::is_whitespace).then_some((condition, !is_other))
}

/// Where the condition that a statement begins with ends.
pub(super) fn head(statement: &str) -> usize {
    statement.find(['{', '\n']).or_else(|| statement.find(':')).unwrap_or(statement.len())
}
