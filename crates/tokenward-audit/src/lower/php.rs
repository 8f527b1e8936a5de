//! PHP.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, in_field, number};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Handler, Id, Key, Kind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "parenthesized_expression" | "expression_statement" | "error_suppression_expression" => {
            children(n).first().copied()
        }
        "cast_expression" => n.child_by_field_name("value"),
        // `@call()`
        "unary_op_expression" if b.text_of(n.byte_range()).starts_with('@') => {
            children(n).last().copied()
        }
        _ => None,
    };
    match inner {
        Some(inner) => common::through(b, inner, READ),
        None => b.add(n.byte_range(), |b| kind(b, n)),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "variable_name" => Kind::Name(b.text_of(n.byte_range()).trim_start_matches('$').to_owned()),
        "name" | "qualified_name" | "relative_scope" => Kind::Name(class_name(b, n)),
        "boolean" => Kind::Bool(b.text_of(n.byte_range()).eq_ignore_ascii_case("true")),
        "null" => Kind::Null,
        "integer" | "float" => number(b.text_of(n.byte_range())),
        "string" | "encapsed_string" | "heredoc_body" => common::string(b, n, READ),
        "member_access_expression" | "nullsafe_member_access_expression" => {
            common::member(b, n, ("object", "name"), READ)
        }
        "class_constant_access_expression" => constant(b, n),
        "scoped_property_access_expression" => {
            let object = common::field(b, n, "scope", READ);
            Kind::Member(object, field_text(b, n, "name").trim_start_matches('$').to_owned())
        }
        "subscript_expression" => {
            let parts = common::all(b, children(n), READ);
            match parts.as_slice() {
                [object, index] => Kind::Index(*object, *index),
                _ => Kind::Other(parts),
            }
        }
        "function_call_expression" => {
            let callee = common::field(b, n, "function", READ);
            let args = n.child_by_field_name("arguments").map(|list| args(b, list));
            define(b, callee, args.unwrap_or_default())
        }
        "member_call_expression" | "nullsafe_member_call_expression" => {
            let callee = common::method(b, n, ("object", "name"), READ);
            call(b, n, callee)
        }
        "scoped_call_expression" => {
            let callee = common::method(b, n, ("scope", "name"), READ);
            call(b, n, callee)
        }
        "object_creation_expression" => creation(b, n),
        "array_creation_expression" => array(b, n),
        "assignment_expression" => assignment(b, n),
        "binary_expression" => common::operation(b, n, (&["??", "||", "or"], "."), READ),
        "conditional_expression" => common::ternary(b, n, ("body", "alternative"), READ),
        "return_statement" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "method_declaration" | "function_definition" => {
            let name = field_text(b, n, "name").to_owned();
            let list = n.child_by_field_name("parameters");
            promoted(b, list);
            let params = common::params(b, list, "default_value", READ);
            common::function(b, n, &name, params, READ)
        }
        "anonymous_function" | "anonymous_function_creation_expression" | "arrow_function" => {
            let list = n.child_by_field_name("parameters");
            let params = common::params(b, list, "default_value", READ);
            common::function(b, n, "", params, READ)
        }
        "class_declaration" | "trait_declaration" | "enum_declaration" => common::class(b, n, READ),
        "property_declaration" => property(b, n),
        "const_element" => const_element(b, n),
        "namespace_use_declaration" => import(b, n),
        "try_statement" => try_statement(b, n),
        "if_statement" | "switch_statement" | "match_expression" => common::branch(b, n, READ),
        "text" | "php_tag" | "attribute_list" => Kind::Other(Vec::new()),
        _ => common::other(b, n, READ),
    }
}

/// `\Firebase\JWT\JWT` as a path; `static` is `self`.
fn class_name(b: &Builder<'_>, n: Node<'_>) -> String {
    let written = b.text_of(n.byte_range()).trim_start_matches('\\').replace('\\', ".");
    if written == "static" { "self".to_owned() } else { written }
}

/// `Type::NAME`
fn constant(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let (Some(scope), Some(name)) = (parts.first(), parts.get(1)) else {
        return Kind::Other(Vec::new());
    };
    let scope = node(b, *scope);
    Kind::Member(scope, common::text(b, *name))
}

fn call(b: &mut Builder<'_>, n: Node<'_>, callee: Id) -> Kind {
    let args = n.child_by_field_name("arguments").map(|list| args(b, list));
    Kind::Call { callee, args: args.unwrap_or_default() }
}

/// `define('NAME', value)` is a constant of the file.
fn define(b: &mut Builder<'_>, callee: Id, args: Vec<Arg>) -> Kind {
    let is_define = matches!(b.model().kind(callee), Kind::Name(name) if name == "define");
    if let (true, [name, value, ..]) = (is_define, args.as_slice())
        && let Kind::Text(name) = b.model().kind(name.value)
    {
        let name = name.clone();
        b.bind(&name, Binding::Value(value.value));
    }
    Kind::Call { callee, args }
}

fn args(b: &mut Builder<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut args = Vec::new();
    for one in children(list) {
        let name = one.child_by_field_name("name").map(|name| common::text(b, name));
        let inner = children(one);
        let spread = inner.first().is_some_and(|inner| inner.kind() == "variadic_unpacking");
        let value = match inner.last() {
            Some(inner) if one.kind() == "argument" => node(b, *inner),
            _ => node(b, one),
        };
        args.push(Arg { name, spread, value });
    }
    args
}

fn creation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut callee = None;
    let mut made = Vec::new();
    for part in children(n) {
        match part.kind() {
            "arguments" => made = args(b, part),
            _ if callee.is_none() => callee = Some(node(b, part)),
            _ => {
                node(b, part);
            }
        }
    }
    let callee = callee.unwrap_or_else(|| common::nothing(b, n));
    Kind::Call { callee, args: made }
}

fn assignment(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let kind = common::assignment(b, n, READ);
    // `list($a, $b) = …`, `[$a, $b] = …`
    if let Kind::Assign(target, value) = kind
        && let Kind::Other(parts) = b.model().kind(target)
    {
        for (index, part) in parts.clone().into_iter().enumerate() {
            b.assigned(part, Binding::Part(value, format!("#{index}")));
        }
    }
    kind
}

/// A list, or a map where anything in it has a key.
fn array(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let elements = children(n);
    let is_map = elements.iter().any(|one| {
        children(*one).len() == 2
            || children(*one).iter().any(|one| one.kind() == "variadic_unpacking")
    });
    let mut members = Vec::new();
    for element in elements {
        let parts = children(element);
        let (key, value) = match parts.as_slice() {
            [key, value] => {
                let key = node(b, *key);
                let key = match b.model().kind(key) {
                    Kind::Text(text) => Key::Named(text.clone()),
                    _ => Key::Computed(key),
                };
                (key, node(b, *value))
            }
            [one] if one.kind() == "variadic_unpacking" => {
                let inner = children(*one).first().map(|inner| node(b, *inner));
                (Key::Spread, inner.unwrap_or_else(|| common::nothing(b, n)))
            }
            _ => (
                Key::Spread,
                common::all(b, parts, READ)
                    .first()
                    .copied()
                    .unwrap_or_else(|| common::nothing(b, n)),
            ),
        };
        members.push(Entry { key, value });
    }
    if is_map {
        Kind::Map(members)
    } else {
        Kind::List(members.into_iter().map(|member| member.value).collect())
    }
}

/// `__construct(private Parser $parser)` declares a field too.
fn promoted(b: &mut Builder<'_>, list: Option<Node<'_>>) {
    for one in list.map(children).unwrap_or_default() {
        if one.kind() == "property_promotion_parameter" {
            let name = field_text(b, one, "name").trim_start_matches('$').to_owned();
            let written = class_type(field_text(b, one, "type"));
            b.bind_field(&name, Binding::Typed(written));
        }
    }
}

/// A type as a path: `?\\Lcobucci\\JWT\\Parser`.
fn class_type(written: &str) -> String {
    written.trim_start_matches(['?', '\\']).replace('\\', ".")
}

fn property(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let written = n.child_by_field_name("type").map(|one| class_type(&common::text(b, one)));
    let mut made = Vec::new();
    for one in children(n).into_iter().filter(|one| one.kind() == "property_element") {
        made.push(b.add(one.byte_range(), |b| {
            let value = one.child_by_field_name("default_value").map(|value| node(b, value));
            let name = one.child_by_field_name("name").or_else(|| children(one).first().copied());
            match name {
                Some(name) => common::declare_field(b, name, written.as_deref(), value),
                None => Kind::Other(Vec::new()),
            }
        }));
    }
    Kind::Other(made)
}

fn const_element(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let (Some(name), Some(value)) = (parts.first(), parts.get(1)) else {
        return Kind::Other(Vec::new());
    };
    let value = node(b, *value);
    common::declare_field(b, *name, None, Some(value))
}

/// `use Firebase\JWT\{JWT, Key as JwtKey};`
fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let prefix = parts.iter().find(|one| one.kind() == "namespace_name");
    let prefix = prefix.map(|one| format!("{}.", class_name(b, *one))).unwrap_or_default();
    let group = n.child_by_field_name("body").into_iter();
    let group =
        group.chain(parts.iter().copied().filter(|one| one.kind() == "namespace_use_group"));
    let clauses: Vec<Node<'_>> = group.flat_map(children).chain(parts.iter().copied()).collect();
    for clause in clauses {
        if !matches!(clause.kind(), "namespace_use_clause" | "namespace_use_group_clause") {
            continue;
        }
        let Some(first) = children(clause).first().copied() else { continue };
        let path = format!("{prefix}{}", class_name(b, first));
        let alias = in_field(clause, "alias").first().map(|one| common::text(b, *one));
        let alias = alias.or_else(|| {
            let old = children(clause)
                .into_iter()
                .find(|one| one.kind() == "namespace_aliasing_clause")?;
            children(old).first().map(|one| common::text(b, *one))
        });
        let last = path.rsplit('.').next().unwrap_or_default().to_owned();
        b.bind(&alias.unwrap_or(last), Binding::Import(path));
    }
    Kind::Other(Vec::new())
}

fn try_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let body = common::field(b, n, "body", READ);
    let mut handlers: Vec<Handler> = Vec::new();
    for clause in children(n) {
        if clause.kind() == "catch_clause" {
            let error = clause.child_by_field_name("name");
            handlers.push(common::handler(b, clause, error, READ));
        } else if clause.kind() == "finally_clause" {
            node(b, clause);
        }
    }
    Kind::Try { body, handlers }
}
