//! What the trees of many languages have in common.

use tree_sitter::Node;

use super::{binary, children, field_text, in_field, template, unescape};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Handler, Id, Kind, Param, ScopeKind};

/// What reads a node of a language.
pub(super) type Read = fn(&mut Builder<'_>, Node<'_>) -> Id;

pub(super) fn all(b: &mut Builder<'_>, nodes: Vec<Node<'_>>, read: Read) -> Vec<Id> {
    nodes.into_iter().map(|one| read(b, one)).collect()
}

/// What is read in a node's place: the one inside of it.
pub(super) fn through(b: &mut Builder<'_>, inner: Node<'_>, read: Read) -> Id {
    match b.deeper(|b| read(b, inner)) {
        Some(id) => id,
        None => nothing(b, inner),
    }
}

pub(super) fn field(b: &mut Builder<'_>, n: Node<'_>, name: &str, read: Read) -> Id {
    match n.child_by_field_name(name) {
        Some(child) => read(b, child),
        None => nothing(b, n),
    }
}

pub(super) fn nothing(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    b.add(n.end_byte()..n.end_byte(), |_| Kind::Other(Vec::new()))
}

pub(super) fn other(b: &mut Builder<'_>, n: Node<'_>, read: Read) -> Kind {
    Kind::Other(all(b, children(n), read))
}

pub(super) fn branch(b: &mut Builder<'_>, n: Node<'_>, read: Read) -> Kind {
    all(b, children(n), read);
    Kind::Branch
}

pub(super) fn name(b: &Builder<'_>, n: Node<'_>) -> Kind {
    Kind::Name(text(b, n))
}

pub(super) fn text(b: &Builder<'_>, n: Node<'_>) -> String {
    b.text_of(n.byte_range()).to_owned()
}

/// `object.name`
pub(super) fn member(
    b: &mut Builder<'_>,
    n: Node<'_>,
    (object, name): (&str, &str),
    read: Read,
) -> Kind {
    let object = field(b, n, object, read);
    Kind::Member(object, field_text(b, n, name).to_owned())
}

/// A callee that is written as an object and a name, or as a name alone.
pub(super) fn method(
    b: &mut Builder<'_>,
    n: Node<'_>,
    (object, name): (&str, &str),
    read: Read,
) -> Id {
    let written = field_text(b, n, name).to_owned();
    match n.child_by_field_name(object) {
        Some(object) => b.add(n.byte_range(), |b| {
            let object = read(b, object);
            Kind::Member(object, written)
        }),
        None => b.add(n.byte_range(), |_| Kind::Name(written)),
    }
}

/// Arguments without keywords.
pub(super) fn plain_args(b: &mut Builder<'_>, n: Node<'_>, name: &str, read: Read) -> Vec<Arg> {
    let list = n.child_by_field_name(name).map(children).unwrap_or_default();
    let args = all(b, list, read);
    args.into_iter().map(|value| Arg { name: None, spread: false, value }).collect()
}

/// `left operator right`; what stands for either of two is a choice.
pub(super) fn operation(
    b: &mut Builder<'_>,
    n: Node<'_>,
    (either, joins): (&[&str], &str),
    read: Read,
) -> Kind {
    let (left, right) = (field(b, n, "left", read), field(b, n, "right", read));
    let operator = field_text(b, n, "operator");
    if either.contains(&operator) {
        Kind::Choice(vec![left, right])
    } else if operator == joins {
        binary(b, "+", left, right)
    } else {
        binary(b, operator, left, right)
    }
}

/// `condition ? consequence : alternative`
pub(super) fn ternary(
    b: &mut Builder<'_>,
    n: Node<'_>,
    (yes, no): (&str, &str),
    read: Read,
) -> Kind {
    let condition = field(b, n, "condition", read);
    let yes = match n.child_by_field_name(yes) {
        Some(yes) => read(b, yes),
        // `a ?: b`
        None => condition,
    };
    Kind::Choice(vec![yes, field(b, n, no, read)])
}

pub(super) fn assignment(b: &mut Builder<'_>, n: Node<'_>, read: Read) -> Kind {
    let target = field(b, n, "left", read);
    let value = field(b, n, "right", read);
    b.assigned(target, Binding::Value(value));
    Kind::Assign(target, value)
}

/// A name that gets a value, or only a type, where it is declared.
pub(super) fn declare(
    b: &mut Builder<'_>,
    name: Node<'_>,
    written: Option<&str>,
    value: Option<Id>,
) -> Kind {
    let variable = text(b, name).trim_start_matches('$').to_owned();
    let target = b.add(name.byte_range(), |_| Kind::Name(variable.clone()));
    match (value, written) {
        (Some(value), _) => b.bind(&variable, Binding::Value(value)),
        (None, Some(written)) if is_own_type(written) => {
            b.bind(&variable, Binding::Typed(written.to_owned()));
        }
        _ => b.declare(&variable),
    }
    match value {
        Some(value) => Kind::Assign(target, value),
        None => Kind::Other(vec![target]),
    }
}

/// A field of a class, which is also known by `this`.
pub(super) fn declare_field(
    b: &mut Builder<'_>,
    name: Node<'_>,
    written: Option<&str>,
    value: Option<Id>,
) -> Kind {
    let variable = text(b, name).trim_start_matches(['$', '@']).to_owned();
    match (value, written) {
        (Some(value), _) => b.bind_field(&variable, Binding::Value(value)),
        (None, Some(written)) if is_own_type(written) => {
            b.bind_field(&variable, Binding::Typed(written.to_owned()));
        }
        _ => {}
    }
    declare(b, name, written, value)
}

/// Whether a type says more than that something is text or a number, which is assigned later.
fn is_own_type(written: &str) -> bool {
    !matches!(
        written.trim_start_matches('?'),
        "String"
            | "string"
            | "int"
            | "long"
            | "boolean"
            | "bool"
            | "byte[]"
            | "Object"
            | "var"
            | "mixed"
            | "array"
            | "Key"
            | "SecretKey"
    )
}

/// A function with these parameters.
pub(super) fn function(
    b: &mut Builder<'_>,
    n: Node<'_>,
    name: &str,
    params: Vec<Param>,
    read: Read,
) -> Kind {
    let scope = b.within(ScopeKind::Function, name, |b| {
        for param in params {
            b.param(param);
        }
        if let Some(body) = n.child_by_field_name("body") {
            let is_block = body.kind().contains("block")
                || matches!(
                    body.kind(),
                    "constructor_body" | "compound_statement" | "body_statement"
                );
            if is_block {
                read(b, body);
            } else {
                b.add(body.byte_range(), |b| Kind::Return(Some(read(b, body))));
            }
        }
    });
    Kind::Function(scope)
}

/// Parameters that have a name, and perhaps a type and a default.
pub(super) fn params(
    b: &mut Builder<'_>,
    list: Option<Node<'_>>,
    default: &str,
    read: Read,
) -> Vec<Param> {
    let nodes = list.map(children).unwrap_or_default();
    nodes.into_iter().filter_map(|one| param(b, one, default, read)).collect()
}

fn param(b: &mut Builder<'_>, n: Node<'_>, default: &str, read: Read) -> Option<Param> {
    let default = n.child_by_field_name(default).map(|value| read(b, value));
    let written = n.child_by_field_name("type").map(|one| text(b, one));
    let name = match n.child_by_field_name("name") {
        Some(name) => text(b, name),
        None if n.kind() == "identifier" => text(b, n),
        None => return None,
    };
    let name = name.trim_start_matches(['$', '&', '*', '.']).to_owned();
    Some(Param { name, type_name: written, default })
}

/// A class: its name, its fields and methods.
pub(super) fn class(b: &mut Builder<'_>, n: Node<'_>, read: Read) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let scope = b.within(ScopeKind::Class, &name, |b| {
        for list in ["parameters", "body"] {
            for body in in_field(n, list) {
                read(b, body);
            }
        }
    });
    Kind::Function(scope)
}

/// A string of pieces: what is no piece of text is a hole.
pub(super) fn string(b: &mut Builder<'_>, n: Node<'_>, read: Read) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        let written = match part.kind() {
            "escape_sequence" => unescape(b.text_of(part.byte_range())).into_owned(),
            kind if kind.contains("content")
                || kind.contains("fragment")
                || kind == "string_value" =>
            {
                text(b, part)
            }
            _ => {
                parts.push(read(b, part));
                continue;
            }
        };
        parts.push(b.add(part.byte_range(), |_| Kind::Text(written)));
    }
    template(b, parts)
}

/// A clause of a `try` that catches an error of this name.
pub(super) fn handler(
    b: &mut Builder<'_>,
    clause: Node<'_>,
    error: Option<Node<'_>>,
    read: Read,
) -> Handler {
    let name = error.map(|one| text(b, one).trim_start_matches('$').to_owned());
    if let Some(name) = &name {
        b.bind(name, Binding::Unknown);
    }
    Handler { error: name, body: field(b, clause, "body", read) }
}

/// A `try` with its clauses, where a caught error stands in a part of this kind.
pub(super) fn try_statement(
    b: &mut Builder<'_>,
    n: Node<'_>,
    declaration: &str,
    read: Read,
) -> Kind {
    let body = field(b, n, "body", read);
    let mut handlers = Vec::new();
    for clause in children(n) {
        if clause.kind() == "catch_clause" {
            let declared = children(clause).into_iter().find(|one| one.kind() == declaration);
            let error = declared.and_then(|one| one.child_by_field_name("name"));
            handlers.push(handler(b, clause, error, read));
        } else if clause.kind() == "finally_clause" {
            read(b, clause);
        }
    }
    Kind::Try { body, handlers }
}
