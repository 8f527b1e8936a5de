//! C#.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, number, template};
use crate::model::build::Builder;
use crate::model::{Arg, Entry, Id, Key, Kind, Param, ScopeKind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "parenthesized_expression" | "expression_statement" | "await_expression" => {
            children(n).first().copied()
        }
        "cast_expression" => n.child_by_field_name("value"),
        // `value as Type`
        "as_expression" => n.child_by_field_name("left"),
        // The second is `value!`.
        "arrow_expression_clause" | "postfix_unary_expression" => children(n).first().copied(),
        _ => None,
    };
    match inner {
        Some(inner) => common::through(b, inner, READ),
        None => b.add(n.byte_range(), |b| kind(b, n)),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "identifier" | "this" | "this_expression" => match b.text_of(n.byte_range()) {
            "this" => Kind::Name("this".to_owned()),
            written => Kind::Name(written.trim_start_matches('@').to_owned()),
        },
        // A type is known by its last name, wherever its namespace is said.
        "qualified_name" | "alias_qualified_name" => {
            Kind::Name(field_text(b, n, "name").to_owned())
        }
        "generic_name" => match children(n).first() {
            Some(inner) => common::name(b, *inner),
            None => Kind::Other(Vec::new()),
        },
        "boolean_literal" => Kind::Bool(b.text_of(n.byte_range()) == "true"),
        "null_literal" => Kind::Null,
        "integer_literal" | "real_literal" => number(b.text_of(n.byte_range())),
        "string_literal" => common::string(b, n, READ),
        "verbatim_string_literal" | "raw_string_literal" => {
            let written = b.text_of(n.byte_range());
            Kind::Text(written.trim_start_matches('@').trim_matches('"').to_owned())
        }
        "interpolated_string_expression" => interpolated(b, n),
        "member_access_expression" => common::member(b, n, ("expression", "name"), READ),
        "conditional_access_expression" => conditional(b, n),
        "element_access_expression" => element(b, n),
        "invocation_expression" => {
            let callee = common::field(b, n, "function", READ);
            Kind::Call { callee, args: args(b, n) }
        }
        "object_creation_expression" | "implicit_object_creation_expression" => creation(b, n),
        "initializer_expression" => initializer(b, n),
        "array_creation_expression" | "implicit_array_creation_expression" => {
            let body = children(n).into_iter().find(|one| one.kind() == "initializer_expression");
            Kind::List(common::all(b, body.map(children).unwrap_or_default(), READ))
        }
        "collection_expression" => Kind::List(common::all(b, children(n), READ)),
        "assignment_expression" => common::assignment(b, n, READ),
        "binary_expression" => common::operation(b, n, (&["??"], "+"), READ),
        "conditional_expression" => common::ternary(b, n, ("consequence", "alternative"), READ),
        "variable_declaration" => declaration(b, n),
        "property_declaration" => property(b, n),
        "return_statement" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "method_declaration" | "constructor_declaration" | "local_function_statement" => {
            let name = field_text(b, n, "name").to_owned();
            let params = common::params(b, n.child_by_field_name("parameters"), "value", READ);
            common::function(b, n, &name, params, READ)
        }
        "lambda_expression" | "anonymous_method_expression" => lambda(b, n),
        "class_declaration"
        | "record_declaration"
        | "struct_declaration"
        | "interface_declaration" => common::class(b, n, READ),
        "using_directive" | "attribute_list" => Kind::Other(Vec::new()),
        "try_statement" => common::try_statement(b, n, "catch_declaration", READ),
        "if_statement" | "switch_statement" | "switch_expression" => common::branch(b, n, READ),
        _ => common::other(b, n, READ),
    }
}

fn interpolated(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        if part.kind() == "interpolation" {
            let inner = children(part).into_iter().find(|one| one.kind() != "interpolation_brace");
            parts.extend(inner.map(|inner| node(b, inner)));
        } else if part.kind().contains("content") || part.kind().contains("text") {
            let written = common::text(b, part);
            parts.push(b.add(part.byte_range(), |_| Kind::Text(written)));
        }
    }
    template(b, parts)
}

/// `object?.name`: as `object.name`.
fn conditional(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let (Some(object), Some(rest)) = (parts.first(), parts.get(1)) else {
        return Kind::Other(Vec::new());
    };
    let object = node(b, *object);
    bound(b, *rest, object)
}

/// What hangs on `?`: `.name`, `.name(…)`, `.name.other`, `[index]`.
fn bound(b: &mut Builder<'_>, n: Node<'_>, object: Id) -> Kind {
    match n.kind() {
        "member_binding_expression" => Kind::Member(object, field_text(b, n, "name").to_owned()),
        "invocation_expression" => {
            let Some(function) = n.child_by_field_name("function") else {
                return Kind::Other(vec![object]);
            };
            let callee = b.add(function.byte_range(), |b| bound(b, function, object));
            Kind::Call { callee, args: args(b, n) }
        }
        "member_access_expression" => {
            let Some(inner) = n.child_by_field_name("expression") else {
                return Kind::Other(vec![object]);
            };
            let inner = b.add(inner.byte_range(), |b| bound(b, inner, object));
            Kind::Member(inner, field_text(b, n, "name").to_owned())
        }
        "element_binding_expression" => {
            let index = children(n).first().map(|one| node(b, *one));
            index.map_or_else(|| Kind::Other(vec![object]), |index| Kind::Index(object, index))
        }
        _ => {
            let rest = node(b, n);
            Kind::Other(vec![object, rest])
        }
    }
}

fn element(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let object = common::field(b, n, "expression", READ);
    let list = n.child_by_field_name("subscript").map(children).unwrap_or_default();
    let index = list.first().and_then(|one| argument(b, *one)).map(|arg| arg.value);
    let index = index.unwrap_or_else(|| common::nothing(b, n));
    Kind::Index(object, index)
}

fn args(b: &mut Builder<'_>, n: Node<'_>) -> Vec<Arg> {
    let list = part(n, "arguments", "argument_list").map(children).unwrap_or_default();
    list.into_iter().filter_map(|one| argument(b, one)).collect()
}

/// A child that has a field's name in most nodes, and in others only a kind.
fn part<'t>(n: Node<'t>, name: &str, kind: &str) -> Option<Node<'t>> {
    let by_kind = || children(n).into_iter().find(|one| one.kind() == kind);
    n.child_by_field_name(name).or_else(by_kind)
}

fn argument(b: &mut Builder<'_>, n: Node<'_>) -> Option<Arg> {
    let name = n.child_by_field_name("name").map(|one| common::text(b, one));
    let value = *children(n).last()?;
    Some(Arg { name, spread: false, value: node(b, value) })
}

/// `new T(…) { A = 1 }`: the members, if there are any, are the last argument.
fn creation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let callee = if let Some(written) = n.child_by_field_name("type") {
        node(b, written)
    } else {
        // `Type name = new(…)`
        let written = target_type(b, n);
        b.add(n.start_byte()..n.start_byte(), |_| Kind::Name(written))
    };
    let mut args = args(b, n);
    if let Some(members) = part(n, "initializer", "initializer_expression") {
        let value = node(b, members);
        args.push(Arg { name: None, spread: false, value });
    }
    Kind::Call { callee, args }
}

fn target_type(b: &Builder<'_>, n: Node<'_>) -> String {
    let mut at = n.parent();
    for _ in 0..3 {
        let Some(one) = at else { break };
        if let Some(written) = one.child_by_field_name("type") {
            return common::text(b, written);
        }
        at = one.parent();
    }
    "new".to_owned()
}

fn initializer(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let is_map = parts.iter().all(|one| one.kind() == "assignment_expression") && !parts.is_empty();
    if !is_map {
        return Kind::List(common::all(b, parts, READ));
    }
    let mut members = Vec::new();
    for part in parts {
        let key = match part.child_by_field_name("left") {
            Some(left) if left.kind() == "identifier" => Key::Named(common::text(b, left)),
            // `["name"] = value`
            Some(left) => {
                let written = b.text_of(left.byte_range());
                Key::Named(written.trim_matches(['[', ']', '"', ' ']).to_owned())
            }
            None => Key::Spread,
        };
        members.push(Entry { key, value: common::field(b, part, "right", READ) });
    }
    Kind::Map(members)
}

fn declaration(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let is_field = n.parent().is_some_and(|one| one.kind() == "field_declaration");
    let written = n.child_by_field_name("type").map(|one| common::text(b, one));
    let written = written.as_deref();
    let mut made = Vec::new();
    for one in children(n).into_iter().filter(|one| one.kind() == "variable_declarator") {
        made.push(b.add(one.byte_range(), |b| {
            let parts = children(one);
            let value = parts.get(1..).and_then(<[Node<'_>]>::last).map(|value| node(b, *value));
            match parts.first() {
                Some(name) if is_field => common::declare_field(b, *name, written, value),
                Some(name) => common::declare(b, *name, written, value),
                None => Kind::Other(Vec::new()),
            }
        }));
    }
    Kind::Other(made)
}

fn property(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let written = n.child_by_field_name("type").map(|one| common::text(b, one));
    let value = n.child_by_field_name("value").map(|value| node(b, value));
    match n.child_by_field_name("name") {
        Some(name) => common::declare_field(b, name, written.as_deref(), value),
        None => Kind::Other(Vec::new()),
    }
}

fn lambda(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let params = match n.child_by_field_name("parameters") {
        Some(one) if one.kind() != "parameter_list" => {
            vec![Param { name: common::text(b, one), type_name: None, default: None }]
        }
        list => common::params(b, list, "value", READ),
    };
    if let Some(block) =
        part(n, "body", "block").filter(|_| n.child_by_field_name("body").is_none())
    {
        let scope = b.within(ScopeKind::Function, "", |b| {
            for param in params {
                b.param(param);
            }
            node(b, block);
        });
        return Kind::Function(scope);
    }
    common::function(b, n, "", params, READ)
}
