//! JavaScript and TypeScript, with JSX.

use tree_sitter::Node;

use super::common;
use super::{binary, children, field_text, negation, number, spelling, template, unescape};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Handler, Id, Key, Kind, Param, ScopeKind};

mod import;
mod pattern;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    // What is seen through. A cast has the type as its second child.
    if matches!(
        n.kind(),
        "parenthesized_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "expression_statement"
            | "template_substitution"
    ) && let Some(inner) = children(n).first()
    {
        return common::through(b, *inner, node);
    }
    // `(0, library.verify)(token)`, as compilers write it: the last one counts.
    if n.kind() == "sequence_expression" {
        let parts = b.deeper(|b| all(b, children(n))).unwrap_or_default();
        if let Some(last) = parts.last() {
            return *last;
        }
    }
    let id = b.add(n.byte_range(), |b| kind(b, n));
    if matches!(
        n.kind(),
        "function_declaration" | "class_declaration" | "generator_function_declaration"
    ) {
        let name = ident_in(b, n, "name");
        b.bind(&name, Binding::Value(id));
    }
    id
}

/// A name as the language reads it, wherever it is bound or used.
fn ident(b: &Builder<'_>, n: Node<'_>) -> String {
    spelling::name(b.text_of(n.byte_range()))
}

/// The same of the name in a field; empty where there is none.
fn ident_in(b: &Builder<'_>, n: Node<'_>, field: &str) -> String {
    n.child_by_field_name(field).map(|name| ident(b, name)).unwrap_or_default()
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
        "identifier" | "this" | "super" | "shorthand_property_identifier" | "import" => {
            Kind::Name(ident(b, n))
        }
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "null" | "undefined" => Kind::Null,
        "number" => number(b.text_of(n.byte_range())),
        "string" => content(b, n),
        "template_string" => template_string(b, n),
        "member_expression" => {
            let object = field(b, n, "object");
            Kind::Member(object, ident_in(b, n, "property"))
        }
        "subscript_expression" => {
            let object = field(b, n, "object");
            Kind::Index(object, field(b, n, "index"))
        }
        "call_expression" => call(b, n, "function"),
        "new_expression" => call(b, n, "constructor"),
        "object" => Kind::Map(children(n).into_iter().map(|one| member(b, one)).collect()),
        "array" => Kind::List(all(b, children(n))),
        "binary_expression" | "unary_expression" => operation(b, n),
        "ternary_expression" => {
            // What is tested counts for the rules that look for uses.
            field(b, n, "condition");
            Kind::Choice(vec![field(b, n, "consequence"), field(b, n, "alternative")])
        }
        "variable_declarator" => declaration(b, n),
        "assignment_expression" => {
            let target = field(b, n, "left");
            let value = field(b, n, "right");
            b.assigned(target, Binding::Value(value));
            b.name_function(value, target);
            Kind::Assign(target, value)
        }
        "return_statement" => Kind::Return(all(b, children(n)).first().copied()),
        "function_declaration"
        | "function_expression"
        | "arrow_function"
        | "method_definition"
        | "generator_function"
        | "generator_function_declaration" => function(b, n),
        "class_declaration" | "class" | "abstract_class_declaration" => class(b, n),
        "public_field_definition" | "field_definition" => class_field(b, n),
        "import_statement" => import::lower(b, n),
        "try_statement" => try_statement(b, n),
        "for_in_statement" => {
            if let Some(left) = n.child_by_field_name("left") {
                pattern::bind(b, left, None);
            }
            let parts = vec![field(b, n, "right"), field(b, n, "body")];
            Kind::Other(parts)
        }
        "if_statement" | "switch_statement" => {
            all(b, children(n));
            Kind::Branch
        }

        kind if kind.ends_with("type") || kind == "type_annotation" || kind == "type_arguments" => {
            Kind::Other(Vec::new())
        }
        _ => Kind::Other(all(b, children(n))),
    }
}

fn operation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match (field_text(b, n, "operator"), n.child_by_field_name("argument")) {
        ("!", Some(what)) => {
            let what = node(b, what);
            negation(b, what)
        }
        (_, Some(what)) => Kind::Other(vec![node(b, what)]),
        (operator, None) => {
            let (left, right) = (field(b, n, "left"), field(b, n, "right"));
            match operator {
                "||" | "??" => Kind::Choice(vec![left, right]),
                operator => binary(b, operator, left, right),
            }
        }
    }
}

fn content(b: &Builder<'_>, n: Node<'_>) -> Kind {
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

fn template_string(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        if part.kind() == "template_substitution" {
            parts.push(node(b, part));
        } else {
            let written = b.text_of(part.byte_range());
            let text = match part.kind() {
                "escape_sequence" => unescape(written).into_owned(),
                _ => written.to_owned(),
            };
            parts.push(b.add(part.byte_range(), |_| Kind::Text(text)));
        }
    }
    template(b, parts)
}

fn call(b: &mut Builder<'_>, n: Node<'_>, callee: &str) -> Kind {
    let callee = match n.child_by_field_name(callee) {
        Some(written) => callee_of(b, written),
        None => common::nothing(b, n),
    };
    let mut args = Vec::new();
    let list = n.child_by_field_name("arguments").filter(|list| list.kind() == "arguments");
    for arg in list.map(children).unwrap_or_default() {
        let spread = arg.kind() == "spread_element";
        let inner = if spread { children(arg).first().copied() } else { Some(arg) };
        if let Some(inner) = inner {
            args.push(Arg { name: None, spread, value: node(b, inner) });
        }
    }
    Kind::Call { callee, args }
}

/// What is called; `jwt["decode"]` is `jwt.decode`.
fn callee_of(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let index = n.child_by_field_name("index").filter(|index| index.kind() == "string");
    match index.map(|index| content(b, index)) {
        Some(Kind::Text(name)) => b.add(n.byte_range(), |b| {
            let object = field(b, n, "object");
            Kind::Member(object, name)
        }),
        _ => node(b, n),
    }
}

fn member(b: &mut Builder<'_>, n: Node<'_>) -> Entry {
    match n.kind() {
        "pair" => {
            let key = n.child_by_field_name("key");
            let key = key.map_or(Key::Spread, |key| key_of(b, key));
            Entry { key, value: field(b, n, "value") }
        }
        "spread_element" => {
            let inner = all(b, children(n));
            let value = inner.first().copied();
            let value = value.unwrap_or_else(|| b.add(n.byte_range(), |_| Kind::Null));
            Entry { key: Key::Spread, value }
        }
        "method_definition" => {
            let name = ident_in(b, n, "name");
            Entry { key: Key::Named(name), value: node(b, n) }
        }
        // `{ token }`
        _ => {
            let name = ident(b, n);
            Entry { key: Key::Named(name), value: node(b, n) }
        }
    }
}

fn key_of(b: &mut Builder<'_>, key: Node<'_>) -> Key {
    match key.kind() {
        "string" => match content(b, key) {
            Kind::Text(text) => Key::Named(text),
            _ => Key::Spread,
        },
        "computed_property_name" => {
            let inner = all(b, children(key));
            inner.first().map_or(Key::Spread, |inner| Key::Computed(*inner))
        }
        _ => Key::Named(ident(b, key)),
    }
}

fn declaration(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let Some(name) = n.child_by_field_name("name") else { return Kind::Other(Vec::new()) };
    let written = n.child_by_field_name("type").map(|one| b.text_of(one.byte_range()).to_owned());
    let Some(value) = n.child_by_field_name("value") else {
        if name.kind() == "identifier" {
            let name = ident(b, name);
            match written {
                Some(written) => b.bind(&name, Binding::Typed(written)),
                None => b.declare(&name),
            }
        }
        return Kind::Other(Vec::new());
    };
    let target = match name.kind() {
        "identifier" => node(b, name),
        _ => b.add(name.byte_range(), |_| Kind::Other(Vec::new())),
    };
    let value = node(b, value);
    pattern::bind(b, name, Some(value));
    b.name_function(value, target);
    Kind::Assign(target, value)
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = ident_in(b, n, "name");
    let list = n.child_by_field_name("parameters").map(children).unwrap_or_default();
    let one = n.child_by_field_name("parameter");
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in list.into_iter().chain(one) {
            parameter(b, param);
        }
        match n.child_by_field_name("body") {
            Some(body) if body.kind() == "statement_block" => {
                node(b, body);
            }
            Some(body) => {
                b.add(body.byte_range(), |b| Kind::Return(Some(node(b, body))));
            }
            None => {}
        }
    });
    Kind::Function(scope)
}

fn parameter(b: &mut Builder<'_>, n: Node<'_>) {
    let type_name = n.child_by_field_name("type").map(|one| b.text_of(one.byte_range()).to_owned());
    let is_typed = matches!(n.kind(), "required_parameter" | "optional_parameter");
    let (pattern, default) = match n.kind() {
        _ if is_typed => (n.child_by_field_name("pattern"), n.child_by_field_name("value")),
        "assignment_pattern" => (n.child_by_field_name("left"), n.child_by_field_name("right")),
        _ => (Some(n), None),
    };
    let default = default.map(|value| node(b, value));
    let Some(pattern) = pattern else { return };
    if matches!(pattern.kind(), "identifier" | "this") {
        let name = ident(b, pattern);
        // `constructor(private readonly jwt: JwtService)` declares a field too.
        let is_field = children(n).iter().any(|one| one.kind() == "accessibility_modifier")
            || b.text_of(n.byte_range()).starts_with("readonly ");
        if let (true, Some(type_name)) = (is_field, &type_name) {
            b.bind_field(&name, Binding::Typed(type_name.clone()));
        }
        b.param(Param { name, type_name, default });
    } else {
        pattern::bind(b, pattern, None);
    }
}

fn class(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = ident_in(b, n, "name");
    let mut cursor = n.walk();
    let decorators: Vec<Node<'_>> =
        n.children(&mut cursor).filter(|child| child.kind() == "decorator").collect();
    all(b, decorators);
    let scope = b.within(ScopeKind::Class, &name, |b| {
        if let Some(body) = n.child_by_field_name("body") {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

fn class_field(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let key = if n.kind() == "field_definition" { "property" } else { "name" };
    let name = ident_in(b, n, key);
    let target = b.add(n.byte_range(), |_| Kind::Name(name.clone()));
    let Some(value) = n.child_by_field_name("value") else {
        if let Some(written) = n.child_by_field_name("type") {
            let written = b.text_of(written.byte_range()).to_owned();
            b.bind_field(&name, Binding::Typed(written));
        }
        return Kind::Other(vec![target]);
    };
    let value = node(b, value);
    b.bind(&name, Binding::Value(value));
    b.bind_field(&name, Binding::Value(value));
    Kind::Assign(target, value)
}

fn try_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let body = field(b, n, "body");
    let mut handlers = Vec::new();
    if let Some(clause) = n.child_by_field_name("handler") {
        let error = clause.child_by_field_name("parameter");
        let name = error.map(|one| ident(b, one));
        if let Some(error) = error {
            pattern::bind(b, error, None);
        }
        handlers.push(Handler { error: name, body: field(b, clause, "body") });
    }
    if let Some(last) = n.child_by_field_name("finalizer") {
        node(b, last);
    }
    Kind::Try { body, handlers }
}
