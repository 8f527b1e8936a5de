//! Ruby.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{bind_each, children, field_text, number};
use crate::model::build::Builder;
use crate::model::{Arg, Entry, Handler, Id, Key, Kind, Param, ScopeKind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    if n.kind() == "parenthesized_statements"
        && let [inner] = children(n).as_slice()
    {
        return common::through(b, *inner, READ);
    }
    // `'text'.freeze` is `'text'`.
    if n.kind() == "call"
        && matches!(field_text(b, n, "method"), "freeze" | "dup" | "to_sym")
        && let Some(receiver) = n.child_by_field_name("receiver")
    {
        return common::through(b, receiver, READ);
    }
    b.add(n.byte_range(), |b| kind(b, n))
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "identifier" | "constant" | "self" => common::name(b, n),
        "instance_variable" | "class_variable" => field(b, n),
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "nil" => Kind::Null,
        "integer" | "float" => number(b.text_of(n.byte_range())),
        "simple_symbol" => Kind::Text(b.text_of(n.byte_range()).trim_start_matches(':').to_owned()),
        "string" | "heredoc_body" | "bare_string" => common::string(b, n, READ),
        "chained_string" => {
            let parts = common::all(b, children(n), READ);
            super::template(b, parts)
        }
        "scope_resolution" => match n.child_by_field_name("scope") {
            Some(_) => common::member(b, n, ("scope", "name"), READ),
            None => Kind::Name(field_text(b, n, "name").to_owned()),
        },
        "element_reference" => {
            let parts = common::all(b, children(n), READ);
            match parts.as_slice() {
                [object, index] => Kind::Index(*object, *index),
                _ => Kind::Other(parts),
            }
        }
        "call" => call(b, n),
        "hash" => Kind::Map(members(b, children(n))),
        "array" => Kind::List(common::all(b, children(n), READ)),
        "assignment" | "operator_assignment" => assignment(b, n),
        "binary" => common::operation(b, n, (&["||", "or"], "+"), READ),
        "conditional" => common::ternary(b, n, ("consequence", "alternative"), READ),
        "return" => {
            let list = children(n).into_iter().flat_map(|one| match one.kind() {
                "argument_list" => children(one),
                _ => vec![one],
            });
            Kind::Return(common::all(b, list.collect(), READ).first().copied())
        }
        "method" | "singleton_method" | "lambda" | "block" | "do_block" => function(b, n),
        "class" | "module" => class(b, n),
        "begin" | "body_statement" | "block_body" => body(b, n),
        "if" | "unless" | "case" | "if_modifier" | "unless_modifier" => common::branch(b, n, READ),
        _ => common::other(b, n, READ),
    }
}

/// `@name` is a field of `self`.
fn field(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = b.text_of(n.byte_range()).trim_start_matches('@').to_owned();
    let object = b.add(n.start_byte()..n.start_byte(), |_| Kind::Name("self".to_owned()));
    Kind::Member(object, name)
}

fn call(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    // `Type.new(…)` is a call of the type.
    let is_new = field_text(b, n, "method") == "new" && n.child_by_field_name("receiver").is_some();
    let callee = if is_new {
        common::field(b, n, "receiver", READ)
    } else {
        common::method(b, n, ("receiver", "method"), READ)
    };
    let mut args = Vec::new();
    for one in n.child_by_field_name("arguments").map(children).unwrap_or_default() {
        match one.kind() {
            "pair" => {
                if let [Entry { key: Key::Named(name), value }] = members(b, vec![one]).as_slice() {
                    args.push(Arg { name: Some(name.clone()), spread: false, value: *value });
                }
            }
            "splat_argument" | "hash_splat_argument" => {
                if let Some(inner) = children(one).first() {
                    args.push(Arg { name: None, spread: true, value: node(b, *inner) });
                }
            }
            _ => args.push(Arg { name: None, spread: false, value: node(b, one) }),
        }
    }
    if let Some(block) = n.child_by_field_name("block") {
        node(b, block);
    }
    Kind::Call { callee, args }
}

fn members(b: &mut Builder<'_>, parts: Vec<Node<'_>>) -> Vec<Entry> {
    let mut members = Vec::new();
    for part in parts {
        if part.kind() != "pair" {
            let inner = common::all(b, children(part), READ);
            let value = inner.first().copied().unwrap_or_else(|| common::nothing(b, part));
            members.push(Entry { key: Key::Spread, value });
            continue;
        }
        let key = match part.child_by_field_name("key") {
            Some(key) if matches!(key.kind(), "hash_key_symbol" | "simple_symbol") => {
                Key::Named(b.text_of(key.byte_range()).trim_matches(':').to_owned())
            }
            Some(key) => {
                let key = node(b, key);
                match b.model().kind(key) {
                    Kind::Text(text) => Key::Named(text.clone()),
                    _ => Key::Computed(key),
                }
            }
            None => Key::Spread,
        };
        members.push(Entry { key, value: common::field(b, part, "value", READ) });
    }
    members
}

fn assignment(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let Some(left) = n.child_by_field_name("left") else { return common::other(b, n, READ) };
    if left.kind() != "left_assignment_list" {
        return common::assignment(b, n, READ);
    }
    let target = b.add(left.byte_range(), |b| Kind::List(common::all(b, children(left), READ)));
    let targets = match b.model().kind(target) {
        Kind::List(targets) => targets.clone(),
        _ => Vec::new(),
    };
    let value = common::field(b, n, "right", READ);
    let values = match b.model().kind(value) {
        Kind::List(values) | Kind::Other(values) if !values.is_empty() => values.clone(),
        _ => vec![value],
    };
    bind_each(b, &targets, &values);
    Kind::Assign(target, value)
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let list = n.child_by_field_name("parameters").map(children).unwrap_or_default();
    let params: Vec<Param> = list.into_iter().filter_map(|one| param(b, one)).collect();
    // A block sees what is around it; a method is a scope of its own here as there.
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

fn param(b: &mut Builder<'_>, n: Node<'_>) -> Option<Param> {
    let default = n.child_by_field_name("value").map(|value| node(b, value));
    let name = match n.kind() {
        "identifier" => common::text(b, n),
        _ => common::text(b, n.child_by_field_name("name")?),
    };
    Some(Param { name, type_name: None, default })
}

fn class(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let scope = b.within(ScopeKind::Class, &name, |b| {
        if let Some(body) = n.child_by_field_name("body") {
            node(b, body);
        }
    });
    Kind::Function(scope)
}

/// Statements, with what rescues them; the last one is what a method answers.
fn body(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let is_rescue = |one: &Node<'_>| matches!(one.kind(), "rescue" | "else" | "ensure");
    let (rescues, statements): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_rescue);
    let answers = n.kind() == "body_statement"
        && n.parent().is_some_and(|one| matches!(one.kind(), "method" | "singleton_method"));
    let body = b.add(n.byte_range(), |b| Kind::Other(statements_of(b, statements, answers)));
    if rescues.is_empty() {
        return Kind::Other(vec![body]);
    }
    let mut handlers: Vec<Handler> = Vec::new();
    for clause in rescues {
        if clause.kind() != "rescue" {
            node(b, clause);
            continue;
        }
        let variable = clause.child_by_field_name("variable");
        let error = variable.and_then(|one| children(one).first().copied());
        handlers.push(common::handler(b, clause, error, READ));
    }
    Kind::Try { body, handlers }
}

fn statements_of(b: &mut Builder<'_>, nodes: Vec<Node<'_>>, answers: bool) -> Vec<Id> {
    let last = nodes.len().saturating_sub(1);
    let mut made = Vec::new();
    for (at, one) in nodes.into_iter().enumerate() {
        let is_value =
            !matches!(one.kind(), "return" | "if" | "unless" | "case" | "begin" | "while");
        made.push(if answers && at == last && is_value {
            b.add(one.byte_range(), |b| Kind::Return(Some(node(b, one))))
        } else {
            node(b, one)
        });
    }
    made
}
