//! Python.

use tree_sitter::Node;

use super::common;
use super::{
    binary, bind_each, children, field_text, in_field, negation, number, spelling, template,
    unescape,
};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Handler, Id, Key, Kind, Param, ScopeKind};

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    match n.kind() {
        "parenthesized_expression"
        | "await"
        | "expression_statement"
        | "interpolation"
        | "type"
        | "keyword_separator" => {
            let inner = children(n);
            if let [one] = inner.as_slice() {
                return common::through(b, *one, node);
            }
        }
        _ => {}
    }
    let id = b.add(n.byte_range(), |b| kind(b, n));
    if matches!(n.kind(), "function_definition" | "class_definition") {
        let name = ident_in(b, n, "name");
        b.bind(&name, Binding::Value(id));
    }
    id
}

/// A name as the language reads it, wherever it is bound or used.
fn ident(b: &Builder<'_>, n: Node<'_>) -> String {
    spelling::plain(b.text_of(n.byte_range()))
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
        "identifier" => Kind::Name(ident(b, n)),
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "none" => Kind::Null,
        "integer" | "float" => number(b.text_of(n.byte_range())),
        "string" => string(b, n),
        "concatenated_string" => {
            let parts = all(b, children(n));
            template(b, parts)
        }
        "attribute" => {
            let object = field(b, n, "object");
            Kind::Member(object, ident_in(b, n, "attribute"))
        }
        "subscript" => {
            let object = field(b, n, "value");
            Kind::Index(object, field(b, n, "subscript"))
        }
        "call" => call(b, n),
        "dictionary" => Kind::Map(children(n).into_iter().map(|one| member(b, one)).collect()),
        "list" | "tuple" | "set" | "expression_list" => Kind::List(all(b, children(n))),
        "boolean_operator"
        | "conditional_expression"
        | "binary_operator"
        | "comparison_operator" => operator(b, n),
        "not_operator" => {
            let what = field(b, n, "argument");
            negation(b, what)
        }
        "assignment" | "named_expression" => assignment(b, n),
        "return_statement" => Kind::Return(all(b, children(n)).first().copied()),
        "function_definition" | "lambda" => function(b, n),
        "class_definition" => class(b, n),
        "import_statement" => import(b, n),
        "import_from_statement" => import_from(b, n),
        "try_statement" => try_statement(b, n),
        "for_statement" | "for_in_clause" | "augmented_assignment" => {
            let target = field(b, n, "left");
            let names: Vec<Id> = b.model().below(target).collect();
            for name in names {
                b.assigned(name, Binding::Unknown);
            }
            let mut parts = vec![target];
            for name in ["right", "body"] {
                parts.push(field(b, n, name));
            }
            Kind::Other(parts)
        }
        "as_pattern" => as_pattern(b, n),
        "if_statement" | "match_statement" => {
            all(b, children(n));
            Kind::Branch
        }

        _ => Kind::Other(all(b, children(n))),
    }
}

fn operator(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "boolean_operator" => {
            let is_or = field_text(b, n, "operator") == "or"
                || n.child_by_field_name("operator").is_some_and(|one| one.kind() == "or");
            let (left, right) = (field(b, n, "left"), field(b, n, "right"));
            if is_or {
                Kind::Choice(vec![left, right])
            } else {
                Kind::Binary("and".to_owned(), left, right)
            }
        }
        "conditional_expression" => {
            let parts = all(b, children(n));
            match parts.as_slice() {
                [yes, _, no] => Kind::Choice(vec![*yes, *no]),
                _ => Kind::Other(parts),
            }
        }
        "binary_operator" => {
            let (left, right) = (field(b, n, "left"), field(b, n, "right"));
            let operator = field_text(b, n, "operator");
            binary(b, operator, left, right)
        }
        "comparison_operator" => {
            let operator = field_text(b, n, "operators");
            let parts = all(b, children(n));
            match parts.as_slice() {
                [left, right] => Kind::Binary(operator.to_owned(), *left, *right),
                _ => Kind::Other(parts),
            }
        }
        _ => Kind::Other(all(b, children(n))),
    }
}

fn string(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        match part.kind() {
            "string_content" => parts.push(b.add(part.byte_range(), |b| content(b, part))),
            "interpolation" => parts.push(field(b, part, "expression")),
            _ => {}
        }
    }
    template(b, parts)
}

fn content(b: &Builder<'_>, n: Node<'_>) -> Kind {
    let mut text = String::new();
    let mut at = n.start_byte();
    for escape in children(n) {
        text.push_str(b.text_of(at..escape.start_byte()));
        text.push_str(&unescape(b.text_of(escape.byte_range())));
        at = escape.end_byte();
    }
    text.push_str(b.text_of(at..n.end_byte()));
    Kind::Text(text)
}

fn call(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let callee = field(b, n, "function");
    let mut args = Vec::new();
    let list = n.child_by_field_name("arguments");
    for arg in list.map(children).unwrap_or_default() {
        let (name, spread, value) = match arg.kind() {
            "keyword_argument" => (Some(ident_in(b, arg, "name")), false, field(b, arg, "value")),
            "dictionary_splat" | "list_splat" => {
                let inner = all(b, children(arg));
                let Some(value) = inner.first().copied() else { continue };
                (None, true, value)
            }
            _ => (None, false, node(b, arg)),
        };
        args.push(Arg { name, spread, value });
    }
    match (b.model().kind(callee), args.as_slice()) {
        // `getattr(jwt, "decode")`
        (Kind::Name(name), [object, name_arg, ..]) if name == "getattr" => {
            match b.model().kind(name_arg.value) {
                Kind::Text(member) => Kind::Member(object.value, member.clone()),
                _ => Kind::Call { callee, args },
            }
        }
        _ => Kind::Call { callee, args },
    }
}

fn member(b: &mut Builder<'_>, n: Node<'_>) -> Entry {
    if n.kind() != "pair" {
        let inner = all(b, children(n));
        let value = inner.first().copied();
        let value = value.unwrap_or_else(|| b.add(n.byte_range(), |_| Kind::Null));
        return Entry { key: Key::Spread, value };
    }
    let key = field(b, n, "key");
    let value = field(b, n, "value");
    let key = match b.model().kind(key) {
        Kind::Text(text) => Key::Named(text.clone()),
        _ => Key::Computed(key),
    };
    Entry { key, value }
}

fn assignment(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = if n.kind() == "assignment" { "left" } else { "name" };
    let right = if n.kind() == "assignment" { "right" } else { "value" };
    let target = field(b, n, name);
    let Some(right) = n.child_by_field_name(right) else {
        let written = field_text(b, n, "type").to_owned();
        b.assigned(target, Binding::Typed(written));
        return Kind::Other(vec![target]);
    };
    let value = node(b, right);
    let targets = match (b.model().kind(target), target_list(n)) {
        (Kind::Other(parts) | Kind::List(parts), true) => Some(parts.clone()),
        _ => None,
    };
    match targets {
        Some(targets) => {
            let values = match b.model().kind(value) {
                Kind::List(items) => items.clone(),
                _ => Vec::new(),
            };
            bind_each(b, &targets, &values);
        }
        None => b.assigned(target, Binding::Value(value)),
    }
    Kind::Assign(target, value)
}

fn target_list(n: Node<'_>) -> bool {
    n.child_by_field_name("left").is_some_and(|left| {
        matches!(left.kind(), "pattern_list" | "tuple_pattern" | "list_pattern")
    })
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = ident_in(b, n, "name");
    let params = n.child_by_field_name("parameters").map(children).unwrap_or_default();
    let params: Vec<Param> = params.into_iter().filter_map(|one| param(b, one)).collect();
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        let body = n.child_by_field_name("body");
        if n.kind() == "lambda" {
            b.add(n.byte_range(), |b| Kind::Return(body.map(|body| node(b, body))));
        } else if let Some(body) = body {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

fn param(b: &mut Builder<'_>, n: Node<'_>) -> Option<Param> {
    let default = n.child_by_field_name("value").map(|value| node(b, value));
    let type_name = n.child_by_field_name("type").map(|one| b.text_of(one.byte_range()).to_owned());
    let name = match n.kind() {
        "identifier" => ident(b, n),
        "default_parameter" | "typed_default_parameter" => ident_in(b, n, "name"),
        "typed_parameter" | "list_splat_pattern" | "dictionary_splat_pattern" => {
            ident(b, *children(n).first()?).trim_start_matches('*').to_owned()
        }
        _ => return None,
    };
    Some(Param { name, type_name, default })
}

fn class(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = ident_in(b, n, "name");
    let scope = b.within(ScopeKind::Class, &name, |b| {
        if let Some(body) = n.child_by_field_name("body") {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    for one in in_field(n, "name") {
        let (path, alias) = imported(b, one);
        // `import a.b` binds `a`.
        let first = path.split('.').next().unwrap_or_default().to_owned();
        match alias {
            Some(alias) => b.bind(&alias, Binding::Import(path)),
            None => b.bind(&first.clone(), Binding::Import(first)),
        }
    }
    Kind::Other(Vec::new())
}

fn import_from(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let module = ident_in(b, n, "module_name");
    for one in in_field(n, "name") {
        let (path, alias) = imported(b, one);
        b.bind(&alias.unwrap_or_else(|| path.clone()), Binding::Import(format!("{module}.{path}")));
    }
    Kind::Other(Vec::new())
}

fn imported(b: &Builder<'_>, n: Node<'_>) -> (String, Option<String>) {
    if n.kind() == "aliased_import" {
        let alias = ident_in(b, n, "alias");
        return (ident_in(b, n, "name"), Some(alias));
    }
    (ident(b, n), None)
}

fn try_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let body = field(b, n, "body");
    let mut handlers = Vec::new();
    for clause in children(n) {
        match clause.kind() {
            "except_clause" | "except_group_clause" => handlers.push(handler(b, clause)),
            "else_clause" | "finally_clause" => {
                node(b, clause);
            }
            _ => {}
        }
    }
    Kind::Try { body, handlers }
}

fn handler(b: &mut Builder<'_>, clause: Node<'_>) -> Handler {
    let mut error = None;
    let body = b.add(clause.byte_range(), |b| {
        let mut parts = Vec::new();
        for part in children(clause) {
            if part.kind() == "as_pattern" {
                error = part.child_by_field_name("alias").map(|alias| ident(b, alias));
            }
            parts.push(node(b, part));
        }
        // The grammar of today gives the name a field of its own.
        if let Some(alias) = clause.child_by_field_name("alias") {
            let name = ident(b, alias);
            b.bind(&name, Binding::Unknown);
            error = Some(name);
        }
        Kind::Other(parts)
    });
    Handler { error, body }
}

/// `with open(…) as file`, `except Error as e`.
fn as_pattern(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        if part.kind() == "as_pattern_target" {
            let name = ident(b, part);
            b.bind(&name, Binding::Unknown);
        } else {
            parts.push(node(b, part));
        }
    }
    Kind::Other(parts)
}
