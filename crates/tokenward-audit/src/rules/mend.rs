//! Changes that mend a finding, where no decision is left: a flag turned over, an item taken out of a list, an
//! argument or a member added.
//!
//! Each is made of the places of nodes, and of nothing if the source between them is other than expected: a
//! comment, a cast, a name that stands for what is to be changed. Whether it helps is tried afterwards, by
//! [`crate::code`].

use std::ops::Range;

use super::{Change, Context};
use crate::model::{Id, Kind};

/// Turns over a flag that is written where it counts.
pub(super) fn flip(context: &Context<'_>, flag: Id) -> Vec<Change> {
    if !matches!(context.model.kind(flag), Kind::Bool(_)) {
        return Vec::new();
    }
    let other = match context.source(flag) {
        "True" => "False",
        "False" => "True",
        "true" => "false",
        "false" => "true",
        _ => return Vec::new(),
    };
    vec![Change { span: span(context, flag), text: other.to_owned() }]
}

/// Takes items out of a list that is written in place; one that would be empty then is left alone.
pub(super) fn without(context: &Context<'_>, list: Id, goes: impl Fn(Id) -> bool) -> Vec<Change> {
    let Kind::List(items) = context.model.kind(list) else { return Vec::new() };
    let Some(last_kept) = items.iter().rposition(|item| !goes(*item)) else { return Vec::new() };
    let mut changes = Vec::new();
    for (at, item) in items.iter().enumerate().take(last_kept) {
        if let (true, Some(next)) = (goes(*item), items.get(at.saturating_add(1))) {
            changes.push(gap(span(context, *item).start..span(context, *next).start));
        }
    }
    if let (Some(kept), Some(last)) = (items.get(last_kept), items.last())
        && kept != last
    {
        changes.push(gap(span(context, *kept).end..span(context, *last).end));
    }
    changes
}

const fn gap(span: Range<usize>) -> Change {
    Change { span, text: String::new() }
}

/// Puts an argument behind the last one of a call.
pub(super) fn argument(context: &Context<'_>, call: Id, written: &str) -> Vec<Change> {
    let values: Vec<Id> = context.model.args(call).iter().map(|arg| arg.value).collect();
    let open = match context.model.kind(call) {
        Kind::Call { callee, .. } => span(context, *callee).end,
        _ => return Vec::new(),
    };
    behind(context, open..span(context, call).end, &values, ")", written)
}

/// Puts a member behind the last one of a map that is written in place.
pub(super) fn member(context: &Context<'_>, map: Id, written: &str) -> Vec<Change> {
    let Kind::Map(entries) = context.model.kind(map) else { return Vec::new() };
    let whole = span(context, map);
    if entries.is_empty() {
        let is_bare = context
            .written
            .get(whole.clone())
            .unwrap_or_default()
            .split_whitespace()
            .collect::<String>()
            == "{}";
        let change = Change { span: whole, text: format!("{{ {written} }}") };
        return if is_bare { vec![change] } else { Vec::new() };
    }
    let values: Vec<Id> = entries.iter().map(|entry| entry.value).collect();
    behind(context, whole, &values, "}", written)
}

/// Puts something behind the last of `values`, which stand in `whole` and are ended by `close`.
fn behind(
    context: &Context<'_>,
    whole: Range<usize>,
    values: &[Id],
    close: &str,
    written: &str,
) -> Vec<Change> {
    let Some((last, before)) = values.split_last() else { return Vec::new() };
    let last = span(context, *last);
    let text = context.written;
    // A cast, a comment or a bracket between the value and the end would be torn apart.
    let rest = text.get(last.end..whole.end).unwrap_or_default();
    let Some(between) = rest.strip_suffix(close).map(str::trim) else { return Vec::new() };
    if !matches!(between, "" | ",") {
        return Vec::new();
    }
    let from = before.last().map_or(whole.start, |one| span(context, *one).end);
    let joint = match text.get(from..last.start).and_then(|gap| gap.rsplit_once('\n')) {
        Some((first, line)) => {
            let newline = if first.ends_with('\r') { "\r\n" } else { "\n" };
            let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
            format!(",{newline}{indent}")
        }
        None => ", ".to_owned(),
    };
    vec![Change { span: last.end..last.end, text: format!("{joint}{written}") }]
}

fn span(context: &Context<'_>, id: Id) -> Range<usize> {
    context.model.node(id).span.clone()
}
