//! Patterns: `const { secret: key, ...rest } = config`.

use tree_sitter::Node;

use super::super::children;
use super::{ident, key_of, node};
use crate::model::build::Builder;
use crate::model::{Binding, Id, Key, Kind};

/// Binds every name in a pattern to its part of `value`, or to what we do not know.
pub(super) fn bind(b: &mut Builder<'_>, pattern: Node<'_>, value: Option<Id>) {
    match pattern.kind() {
        "identifier" | "shorthand_property_identifier_pattern" => {
            let name = ident(b, pattern);
            b.bind(&name, value.map_or(Binding::Unknown, Binding::Value));
        }
        "object_pattern" => {
            for part in children(pattern) {
                member(b, part, value);
            }
        }
        "array_pattern"
        | "rest_pattern"
        | "assignment_pattern"
        | "variable_declaration"
        | "lexical_declaration" => {
            for part in children(pattern) {
                bind_all_unknown(b, part, 0);
            }
        }
        _ => {}
    }
}

fn member(b: &mut Builder<'_>, part: Node<'_>, value: Option<Id>) {
    match part.kind() {
        "shorthand_property_identifier_pattern" => {
            let name = ident(b, part);
            bind_part(b, &name.clone(), name, value);
        }
        "pair_pattern" => {
            let key = key_in(b, part);
            match part.child_by_field_name("value") {
                Some(inner) if inner.kind() == "identifier" => {
                    let name = ident(b, inner);
                    bind_part(b, &name, key, value);
                }
                Some(inner) => bind_all_unknown(b, inner, 0),
                None => {}
            }
        }
        "object_assignment_pattern" => {
            if let Some(default) = part.child_by_field_name("right") {
                node(b, default);
            }
            if let Some(left) = part.child_by_field_name("left") {
                let name = ident(b, left);
                b.bind(&name, Binding::Unknown);
            }
        }
        _ => bind_all_unknown(b, part, 0),
    }
}

/// What is taken out: `decode`, `"decode"`, `["decode"]`; nothing where that is put together.
fn key_in(b: &mut Builder<'_>, part: Node<'_>) -> String {
    match part.child_by_field_name("key").map(|key| key_of(b, key)) {
        Some(Key::Named(name)) => name,
        Some(Key::Computed(key)) => match b.model().kind(key) {
            Kind::Text(text) => text.clone(),
            _ => String::new(),
        },
        Some(Key::Spread) | None => String::new(),
    }
}

fn bind_part(b: &mut Builder<'_>, name: &str, key: String, value: Option<Id>) {
    b.bind(name, value.map_or(Binding::Unknown, |value| Binding::Part(value, key)));
}

/// Deeper patterns are known to bind, not to what.
fn bind_all_unknown(b: &mut Builder<'_>, pattern: Node<'_>, depth: u8) {
    if depth > 16 {
        return;
    }
    if matches!(pattern.kind(), "identifier" | "shorthand_property_identifier_pattern") {
        let name = ident(b, pattern);
        b.bind(&name, Binding::Unknown);
    }
    for part in children(pattern) {
        bind_all_unknown(b, part, depth.saturating_add(1));
    }
}
