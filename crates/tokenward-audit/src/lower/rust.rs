//! Rust.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, number};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Id, Key, Kind, Param, ScopeKind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

/// Methods that hand on what they are called on, in another form.
const THROUGH: [&str; 18] = [
    "ok",
    "ok_or",
    "ok_or_else",
    "unwrap",
    "expect",
    "clone",
    "into",
    "as_str",
    "as_ref",
    "as_bytes",
    "to_string",
    "to_owned",
    "to_vec",
    "into_bytes",
    "await",
    "as_slice",
    "map_err",
    "into_iter",
];

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "parenthesized_expression"
        | "expression_statement"
        | "await_expression"
        | "try_expression"
        | "reference_expression"
        | "type_cast_expression" => value_of(n),
        "unary_expression" if b.text_of(n.byte_range()).starts_with('*') => {
            children(n).first().copied()
        }
        "call_expression" => seen_through(b, n),
        _ => None,
    };
    if let Some(inner) = inner {
        return common::through(b, inner, READ);
    }
    let id = b.add(n.byte_range(), |b| kind(b, n));
    if n.kind() == "function_item" {
        let name = field_text(b, n, "name").to_owned();
        b.bind(&name, Binding::Value(id));
    }
    id
}

fn value_of(n: Node<'_>) -> Option<Node<'_>> {
    n.child_by_field_name("value")
        .or_else(|| children(n).into_iter().find(|one| one.kind() != "mutable_specifier"))
}

/// `"text".to_string()` is `"text"`.
fn seen_through<'t>(b: &Builder<'_>, n: Node<'t>) -> Option<Node<'t>> {
    let function = n.child_by_field_name("function")?;
    let is_through = function.kind() == "field_expression"
        && THROUGH.contains(&field_text(b, function, "field"));
    if is_through { function.child_by_field_name("value") } else { None }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "function_item" | "mod_item" | "block" | "let_declaration" if is_left_out(b, n) => {
            Kind::Other(Vec::new())
        }
        "identifier" | "type_identifier" | "self" | "crate" | "field_identifier" => {
            common::name(b, n)
        }
        "boolean_literal" => Kind::Bool(b.text_of(n.byte_range()) == "true"),
        "integer_literal" | "float_literal" => {
            let written = b.text_of(n.byte_range());
            let end = written.find(['u', 'i', 'f']).filter(|_| !written.starts_with("0x"));
            number(end.and_then(|end| written.get(..end)).unwrap_or(written))
        }
        "string_literal" | "raw_string_literal" => common::string(b, n, READ),
        "scoped_identifier" | "scoped_type_identifier" => match n.child_by_field_name("path") {
            Some(_) => common::member(b, n, ("path", "name"), READ),
            None => Kind::Name(field_text(b, n, "name").to_owned()),
        },
        "field_expression" => common::member(b, n, ("value", "field"), READ),
        "generic_function" | "generic_type" => {
            let name = if n.kind() == "generic_type" { "type" } else { "function" };
            match n.child_by_field_name(name) {
                Some(inner) => {
                    b.deeper(|b| kind(b, inner)).unwrap_or_else(|| Kind::Other(Vec::new()))
                }
                None => Kind::Other(Vec::new()),
            }
        }
        "index_expression" => {
            let parts = common::all(b, children(n), READ);
            match parts.as_slice() {
                [object, index] => Kind::Index(*object, *index),
                _ => Kind::Other(parts),
            }
        }
        "call_expression" => {
            let callee = common::field(b, n, "function", READ);
            let args = common::plain_args(b, n, "arguments", READ);
            Kind::Call { callee, args }
        }
        "struct_expression" => literal(b, n),
        "array_expression" | "tuple_expression" => Kind::List(common::all(b, children(n), READ)),
        "assignment_expression" => common::assignment(b, n, READ),
        "let_declaration" | "let_condition" => binding(b, n),
        "const_item" | "static_item" => constant(b, n),
        "binary_expression" => common::operation(b, n, (&[], "+"), READ),
        "return_expression" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "function_item" | "closure_expression" => function(b, n),
        "impl_item" | "mod_item" | "trait_item" => module(b, n),
        "use_declaration" => {
            if let Some(argument) = n.child_by_field_name("argument") {
                import(b, argument, "");
            }
            Kind::Other(Vec::new())
        }
        "if_expression" => common::branch(b, n, READ),
        "macro_invocation" => call_of_macro(b, n),
        "attribute_item" | "token_tree" => Kind::Other(Vec::new()),
        _ => common::other(b, n, READ),
    }
}

/// What a macro is given is not parsed; that it is called is known.
fn call_of_macro(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = format!("{}!", field_text(b, n, "macro"));
    let callee = b.add(n.start_byte()..n.start_byte(), |_| Kind::Name(name));
    let tokens = children(n).into_iter().find(|one| one.kind() == "token_tree");
    let mut args = Vec::new();
    for token in tokens.map(children).unwrap_or_default() {
        if matches!(token.kind(), "identifier" | "string_literal") {
            args.push(Arg { name: None, spread: false, value: node(b, token) });
        }
    }
    Kind::Call { callee, args }
}

/// `T { a: 1, b, ..rest }` is a call of `T` with a map.
fn literal(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let callee = common::field(b, n, "name", READ);
    let Some(body) = n.child_by_field_name("body") else { return Kind::Other(vec![callee]) };
    let value = b.add(body.byte_range(), |b| {
        let mut members = Vec::new();
        for part in children(body) {
            let (key, value) = match part.kind() {
                "field_initializer" => {
                    let name = part.child_by_field_name("field");
                    let name = name.or_else(|| part.child_by_field_name("name"));
                    let name = name.map(|one| common::text(b, one)).unwrap_or_default();
                    (Key::Named(name), common::field(b, part, "value", READ))
                }
                "shorthand_field_initializer" => {
                    let name = common::text(b, part);
                    (Key::Named(name.clone()), b.add(part.byte_range(), |_| Kind::Name(name)))
                }
                _ => (Key::Spread, common::nothing(b, part)),
            };
            members.push(Entry { key, value });
        }
        Kind::Map(members)
    });
    Kind::Call { callee, args: vec![Arg { name: None, spread: false, value }] }
}

fn binding(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let Some(pattern) = n.child_by_field_name("pattern") else { return common::other(b, n, READ) };
    let value = n.child_by_field_name("value").map(|value| node(b, value));
    // `if let Ok(data) = decode(…)`
    let pattern = match (pattern.kind(), children(pattern).as_slice()) {
        ("tuple_struct_pattern" | "mut_pattern", [_, one]) | ("mut_pattern", [one]) => *one,
        _ => pattern,
    };
    if pattern.kind() == "identifier" {
        let written = n.child_by_field_name("type").map(|one| common::text(b, one));
        return common::declare(b, pattern, written.as_deref(), value);
    }
    if let (Some(value), "struct_pattern") = (value, pattern.kind()) {
        for part in children(pattern).into_iter().filter(|one| one.kind() == "field_pattern") {
            let name = common::text(b, part.child_by_field_name("name").unwrap_or(part));
            b.bind(&name, Binding::Part(value, name.clone()));
        }
    }
    Kind::Other(value.into_iter().collect())
}

fn constant(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let value = n.child_by_field_name("value").map(|value| node(b, value));
    match n.child_by_field_name("name") {
        Some(name) => common::declare_field(b, name, None, value),
        None => Kind::Other(Vec::new()),
    }
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let list = n.child_by_field_name("parameters").map(children).unwrap_or_default();
    let params: Vec<Param> = list.into_iter().filter_map(|one| param(b, one)).collect();
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        let Some(body) = n.child_by_field_name("body") else { return };
        if body.kind() == "block" {
            block(b, body);
        } else {
            b.add(body.byte_range(), |b| Kind::Return(Some(node(b, body))));
        }
    });
    Kind::Function(scope)
}

/// A function's statements; the last one, without a semicolon, is what it answers.
fn block(b: &mut Builder<'_>, n: Node<'_>) {
    b.add(n.byte_range(), |b| {
        let parts = children(n);
        let last = parts.last().copied();
        let mut made = Vec::new();
        for part in parts {
            let answers = Some(part) == last
                && !part.kind().ends_with("_statement")
                && !part.kind().ends_with("_item")
                && !matches!(part.kind(), "let_declaration" | "if_expression" | "match_expression");
            made.push(if answers {
                b.add(part.byte_range(), |b| Kind::Return(Some(node(b, part))))
            } else {
                node(b, part)
            });
        }
        Kind::Other(made)
    });
}

fn param(b: &mut Builder<'_>, n: Node<'_>) -> Option<Param> {
    if n.kind() == "identifier" {
        return Some(Param { name: common::text(b, n), type_name: None, default: None });
    }
    let pattern = n.child_by_field_name("pattern")?;
    // `Query(params): Query<Params>`
    let pattern = match (pattern.kind(), children(pattern).as_slice()) {
        ("tuple_struct_pattern", [_, one]) => *one,
        _ => pattern,
    };
    let written = n.child_by_field_name("type").map(|one| common::text(b, one));
    let name = common::text(b, pattern).trim_start_matches("mut ").to_owned();
    Some(Param { name, type_name: written, default: None })
}

/// Whether `#[test]`, `#[cfg(test)]`, `#[cfg(debug_assertions)]` or the like stands before it: then it is not part of
/// the program that others get.
fn is_left_out(b: &Builder<'_>, n: Node<'_>) -> bool {
    let statement = n.parent().filter(|parent| parent.kind() == "expression_statement");
    let mut at = statement.unwrap_or(n).prev_named_sibling();
    while let Some(one) = at.filter(|one| one.kind() == "attribute_item" || super::is_comment(*one))
    {
        if one.kind() == "attribute_item" && leaves_out(b.text_of(one.byte_range())) {
            return true;
        }
        at = one.prev_named_sibling();
    }
    false
}

/// `#[test]`, `#[tokio::test(flavor = "…")]`, `#[cfg(all(test, unix))]`; not `#[get("/latest")]`.
fn leaves_out(attribute: &str) -> bool {
    let inside = attribute.trim_start_matches(['#', '!', '[', ' ']);
    let end = inside.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'));
    let (path, rest) = inside.split_at_checked(end.unwrap_or(inside.len())).unwrap_or_default();
    let name = path.rsplit(':').next().unwrap_or_default();
    let mut words = rest.split(|c: char| !c.is_alphanumeric() && c != '_');
    match name {
        "cfg" => {
            !["not(test", "not(debug_assertions"].iter().any(|not| rest.contains(not))
                && words.any(|word| matches!(word, "test" | "debug_assertions"))
        }
        _ => name.split('_').any(|word| matches!(word, "test" | "rstest" | "proptest")),
    }
}

/// A module, or what belongs to a type: what is declared there is not known outside.
fn module(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = if n.kind() == "impl_item" { "type" } else { "name" };
    let name = field_text(b, n, name).to_owned();
    let scope = b.within(ScopeKind::Class, &name, |b| {
        if let Some(body) = n.child_by_field_name("body") {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

/// `use a::{b, c::{d as e}};`
fn import(b: &mut Builder<'_>, n: Node<'_>, prefix: &str) {
    let join = |path: &str| {
        let path = path.replace("::", ".");
        if prefix.is_empty() { path } else { format!("{prefix}.{path}") }
    };
    match n.kind() {
        "scoped_use_list" => {
            let prefix = match field_text(b, n, "path") {
                "" => prefix.to_owned(),
                path => join(path),
            };
            for one in n.child_by_field_name("list").map(children).unwrap_or_default() {
                b.deeper(|b| import(b, one, &prefix));
            }
        }
        "use_list" => {
            for one in children(n) {
                b.deeper(|b| import(b, one, prefix));
            }
        }
        "use_as_clause" => {
            let (path, alias) =
                (join(field_text(b, n, "path")), field_text(b, n, "alias").to_owned());
            b.bind(&alias, Binding::Import(path));
        }
        "use_wildcard" => {
            let path = children(n).first().map(|one| common::text(b, *one)).unwrap_or_default();
            let path = join(&path);
            wildcard(b, &path);
        }
        _ => {
            let path = join(b.text_of(n.byte_range()));
            let path = path.strip_suffix(".self").map(str::to_owned).unwrap_or(path);
            let name = path.rsplit('.').next().unwrap_or_default().to_owned();
            b.bind(&name, Binding::Import(path));
        }
    }
}

/// What is behind `use jsonwebtoken::*;`, as far as rules know it.
fn wildcard(b: &mut Builder<'_>, path: &str) {
    const NAMES: [&str; 8] = [
        "decode",
        "encode",
        "decode_header",
        "Validation",
        "DecodingKey",
        "EncodingKey",
        "Algorithm",
        "Header",
    ];
    if path == "jsonwebtoken" {
        for name in NAMES {
            b.bind(name, Binding::Import(format!("{path}.{name}")));
        }
    }
}
