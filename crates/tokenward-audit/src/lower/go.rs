//! Go.

use tree_sitter::Node;

use super::common;
use super::{binary, bind_each, children, field_text, in_field, number, unescape};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Id, Key, Kind, Param, ScopeKind};

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let is_reference =
        n.kind() == "unary_expression" && matches!(field_text(b, n, "operator"), "&" | "*");
    let is_transparent =
        matches!(n.kind(), "parenthesized_expression" | "literal_element" | "expression_statement");
    // A type assertion is seen through: what it is asked of comes first.
    let is_assertion = n.kind() == "type_assertion_expression";
    if (is_reference || is_transparent || is_assertion)
        && let Some(inner) = children(n).first()
    {
        return common::through(b, *inner, node);
    }
    let id = b.add(n.byte_range(), |b| kind(b, n));
    if n.kind() == "function_declaration" {
        let name = field_text(b, n, "name").to_owned();
        b.bind(&name, Binding::Value(id));
    }
    id
}

fn all(b: &mut Builder<'_>, nodes: Vec<Node<'_>>) -> Vec<Id> {
    nodes.into_iter().map(|one| node(b, one)).collect()
}

fn field(b: &mut Builder<'_>, n: Node<'_>, name: &str) -> Id {
    match n.child_by_field_name(name) {
        Some(child) => node(b, child),
        None => b.add(n.end_byte()..n.end_byte(), |_| Kind::Other(Vec::new())),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "identifier" | "package_identifier" | "type_identifier" => {
            Kind::Name(b.text_of(n.byte_range()).to_owned())
        }
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "nil" => Kind::Null,
        "int_literal" | "float_literal" => number(b.text_of(n.byte_range())),
        "interpreted_string_literal" | "raw_string_literal" => string(b, n),
        "selector_expression" => {
            let object = field(b, n, "operand");
            Kind::Member(object, field_text(b, n, "field").to_owned())
        }
        "qualified_type" => {
            let package = field(b, n, "package");
            Kind::Member(package, field_text(b, n, "name").to_owned())
        }
        "index_expression" => {
            let object = field(b, n, "operand");
            Kind::Index(object, field(b, n, "index"))
        }
        "call_expression" => call(b, n),
        "type_conversion_expression" => {
            let written = field_text(b, n, "type").to_owned();
            let callee = b.add(n.byte_range(), |_| Kind::Name(written));
            let value = field(b, n, "operand");
            Kind::Call { callee, args: vec![Arg { name: None, spread: false, value }] }
        }
        "composite_literal" => composite(b, n),
        "literal_value" => body(b, n),
        "binary_expression" => {
            let (left, right) = (field(b, n, "left"), field(b, n, "right"));
            let operator = field_text(b, n, "operator");
            binary(b, operator, left, right)
        }
        "short_var_declaration" | "assignment_statement" => assignment(b, n),
        "var_spec" | "const_spec" => declaration(b, n),
        "return_statement" => {
            let mut values = Vec::new();
            for list in children(n) {
                values.extend(all(b, children(list)));
            }
            Kind::Return(values.first().copied())
        }
        "function_declaration" | "method_declaration" | "func_literal" => function(b, n),
        "import_spec" => import(b, n),
        "if_statement" | "expression_switch_statement" => {
            all(b, children(n));
            Kind::Branch
        }

        "range_clause" => {
            if let Some(left) = n.child_by_field_name("left") {
                for name in children(left) {
                    let name = b.text_of(name.byte_range()).to_owned();
                    b.bind(&name, Binding::Unknown);
                }
            }
            Kind::Other(vec![field(b, n, "right")])
        }
        _ => Kind::Other(all(b, children(n))),
    }
}

fn string(b: &Builder<'_>, n: Node<'_>) -> Kind {
    let mut text = String::new();
    for part in children(n) {
        let written = b.text_of(part.byte_range());
        match part.kind() {
            "escape_sequence" => text.push_str(&unescape(written)),
            _ => text.push_str(written),
        }
    }
    Kind::Text(text)
}

fn call(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    // `[]byte("…")` parses as a call in some places, and as a conversion in others.
    let callee = match n.child_by_field_name("function") {
        Some(callee) if callee.kind().ends_with("_type") => {
            let written = b.text_of(callee.byte_range()).to_owned();
            b.add(callee.byte_range(), |_| Kind::Name(written))
        }
        _ => field(b, n, "function"),
    };
    let mut args = Vec::new();
    for arg in n.child_by_field_name("arguments").map(children).unwrap_or_default() {
        let spread = arg.kind() == "variadic_argument";
        let inner = if spread { children(arg).first().copied() } else { Some(arg) };
        if let Some(inner) = inner {
            args.push(Arg { name: None, spread, value: node(b, inner) });
        }
    }
    Kind::Call { callee, args }
}

/// `T{…}` is a call of `T` with a map, `[]T{…}` a list.
fn composite(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let Some(written) = n.child_by_field_name("type") else { return Kind::Other(Vec::new()) };
    let Some(inner) = n.child_by_field_name("body") else { return Kind::Other(Vec::new()) };
    match written.kind() {
        "slice_type" | "array_type" | "implicit_length_array_type" => {
            Kind::List(all(b, children(inner)))
        }
        "map_type" => body(b, inner),
        _ => {
            let callee = node(b, written);
            let value = b.add(inner.byte_range(), |b| body(b, inner));
            Kind::Call { callee, args: vec![Arg { name: None, spread: false, value }] }
        }
    }
}

fn body(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut members = Vec::new();
    for part in children(n) {
        if part.kind() != "keyed_element" {
            members.push(Entry { key: Key::Named(String::new()), value: node(b, part) });
            continue;
        }
        let key = match part.child_by_field_name("key").map(|key| (key, first(key))) {
            Some((_, Some(inner))) if inner.kind() == "identifier" => {
                Key::Named(b.text_of(inner.byte_range()).to_owned())
            }
            Some((key, _)) => {
                let key = node(b, key);
                match b.model().kind(key) {
                    Kind::Text(text) => Key::Named(text.clone()),
                    _ => Key::Computed(key),
                }
            }
            None => Key::Spread,
        };
        members.push(Entry { key, value: field(b, part, "value") });
    }
    Kind::Map(members)
}

fn first(n: Node<'_>) -> Option<Node<'_>> {
    children(n).first().copied()
}

fn assignment(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let targets = list(b, n, "left");
    let values = list(b, n, "right");
    if n.kind() == "short_var_declaration" {
        // `:=` declares here, whatever has the name outside.
        let names: Vec<Option<String>> = targets
            .iter()
            .map(|target| match b.model().kind(*target) {
                Kind::Name(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        for (index, name) in names.iter().enumerate() {
            let Some(name) = name else { continue };
            let binding = match values.as_slice() {
                [one] if index == 0 => Binding::Value(*one),
                [one] => Binding::Part(*one, format!("#{index}")),
                many => many.get(index).map_or(Binding::Unknown, |one| Binding::Value(*one)),
            };
            b.bind(name, binding);
        }
    } else {
        bind_each(b, &targets, &values);
    }
    match (targets.first(), values.first()) {
        (Some(target), Some(value)) if targets.len() == 1 || values.len() == 1 => {
            Kind::Assign(*target, *value)
        }
        _ => Kind::Other(targets.into_iter().chain(values).collect()),
    }
}

fn list(b: &mut Builder<'_>, n: Node<'_>, name: &str) -> Vec<Id> {
    let nodes = n.child_by_field_name(name).map(children).unwrap_or_default();
    all(b, nodes)
}

fn declaration(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let names = in_field(n, "name");
    let written = n.child_by_field_name("type").map(|one| b.text_of(one.byte_range()).to_owned());
    let targets = all(b, names.clone());
    let values = n.child_by_field_name("value").map(children).unwrap_or_default();
    let values = all(b, values);
    for (index, name) in names.into_iter().enumerate() {
        let name = b.text_of(name.byte_range()).to_owned();
        let binding = match (values.get(index), &written) {
            (Some(value), _) => Binding::Value(*value),
            (None, Some(written)) => Binding::Typed(written.clone()),
            (None, None) => Binding::Unknown,
        };
        b.bind(&name, binding);
    }
    match (targets.first(), values.first()) {
        (Some(target), Some(value)) => Kind::Assign(*target, *value),
        _ => Kind::Other(targets),
    }
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let mut params = Vec::new();
    for list in ["receiver", "parameters"] {
        for one in n.child_by_field_name(list).map(children).unwrap_or_default() {
            let written = field_text(b, one, "type").to_owned();
            for name in in_field(one, "name") {
                params.push(Param {
                    name: b.text_of(name.byte_range()).to_owned(),
                    type_name: Some(written.clone()),
                    default: None,
                });
            }
        }
    }
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        if let Some(body) = n.child_by_field_name("body") {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let path = field_text(b, n, "path").trim_matches(['"', '`']);
    let path = unversioned(path);
    let path = path.as_str();
    let written = field_text(b, n, "name");
    let last = path.rsplit('/').next().unwrap_or(path);
    // `jwt-go` is package `jwt`, `go-jose` is `jose`.
    let usual = last.trim_end_matches("-go").trim_start_matches("go-");
    let name = if written.is_empty() { usual.to_owned() } else { written.to_owned() };
    let path = path.to_owned();
    b.bind(&name, Binding::Import(path));
    Kind::Other(Vec::new())
}

/// A module's path without its major version: `…/jwx/v2/jwt` is `…/jwx/jwt`.
fn unversioned(path: &str) -> String {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !is_version(part)).collect();
    parts.join("/")
}
