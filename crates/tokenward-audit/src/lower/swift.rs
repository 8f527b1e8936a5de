//! Swift. An import brings names that it does not say; those that rules know are bound where their module is
//! imported.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, in_field, number, template, unescape};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Handler, Id, Key, Kind, Param, ScopeKind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "try_expression" | "await_expression" | "as_expression" => n.child_by_field_name("expr"),
        // `value!`, `value?`, and what may be assigned to.
        "postfix_expression" => n.child_by_field_name("target"),
        "optional_chain_marker" | "directly_assignable_expression" => children(n).first().copied(),
        // `(value)`
        "tuple_expression" => match children(n).as_slice() {
            [one] if n.child_by_field_name("name").is_none() => Some(*one),
            _ => None,
        },
        "interpolated_expression" => n.child_by_field_name("value"),
        _ => None,
    };
    match inner {
        Some(inner) => common::through(b, inner, READ),
        None => b.add(n.byte_range(), |b| kind(b, n)),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "simple_identifier" | "type_identifier" => common::name(b, n),
        "self_expression" => Kind::Name("self".to_owned()),
        "boolean_literal" => Kind::Bool(b.text_of(n.byte_range()) == "true"),
        "nil" | "nil_literal" => Kind::Null,
        "integer_literal" | "real_literal" | "hex_literal" => number(b.text_of(n.byte_range())),
        "line_string_literal" | "multi_line_string_literal" | "raw_string_literal" => string(b, n),
        "navigation_expression" => navigation(b, n),
        // `.hs256` is a member of what is asked for.
        "prefix_expression" => {
            let target = common::field(b, n, "target", READ);
            match b.model().kind(target) {
                Kind::Name(name) if field_text(b, n, "operation") == "." => {
                    Kind::Name(name.clone())
                }
                _ => Kind::Other(vec![target]),
            }
        }
        "user_type" => match children(n).first() {
            Some(name) => Kind::Name(common::text(b, *name)),
            None => Kind::Other(Vec::new()),
        },
        "call_expression" | "constructor_expression" => call(b, n),
        "dictionary_literal" => dictionary(b, n),
        "array_literal" => Kind::List(common::all(b, in_field(n, "element"), READ)),
        "nil_coalescing_expression" => {
            let value = common::field(b, n, "value", READ);
            Kind::Choice(vec![value, common::field(b, n, "if_nil", READ)])
        }
        "ternary_expression" => common::ternary(b, n, ("if_true", "if_false"), READ),
        "additive_expression"
        | "multiplicative_expression"
        | "comparison_expression"
        | "equality_expression" => operation(b, n),
        "assignment" => {
            let target = common::field(b, n, "target", READ);
            let value = common::field(b, n, "result", READ);
            b.assigned(target, Binding::Value(value));
            Kind::Assign(target, value)
        }
        "property_declaration" => property(b, n),
        "control_transfer_statement" => transfer(b, n),
        "function_declaration" | "init_declaration" => function(b, n),
        "lambda_literal" => lambda(b, n),
        "class_declaration" | "protocol_declaration" => common::class(b, n, READ),
        "import_declaration" => import(b, n),
        "do_statement" => do_statement(b, n),
        "if_statement" | "guard_statement" | "switch_statement" => conditional(b, n),
        "modifiers" | "attribute" | "type_annotation" | "inheritance_specifier" | "pattern" => {
            Kind::Other(Vec::new())
        }
        _ => common::other(b, n, READ),
    }
}

fn string(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n) {
        let written = b.text_of(part.byte_range());
        let text = match part.kind() {
            "interpolated_expression" => {
                parts.push(node(b, part));
                continue;
            }
            "str_escaped_char" => unescape(written).into_owned(),
            _ => written.to_owned(),
        };
        parts.push(b.add(part.byte_range(), |_| Kind::Text(text)));
    }
    template(b, parts)
}

fn navigation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let object = common::field(b, n, "target", READ);
    let suffix = n.child_by_field_name("suffix");
    let name = suffix.map(|suffix| field_text(b, suffix, "suffix").to_owned()).unwrap_or_default();
    Kind::Member(object, name)
}

/// A call, or `object[index]`, which is parsed alike.
fn call(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut callee = None;
    let mut args = Vec::new();
    let mut is_index = false;
    for part in children(n) {
        if matches!(part.kind(), "call_suffix" | "constructor_suffix") {
            for inner in children(part) {
                if inner.kind() == "value_arguments" {
                    is_index = b.text_of(inner.byte_range()).starts_with('[');
                    args.extend(children(inner).into_iter().filter_map(|one| argument(b, one)));
                } else {
                    args.push(Arg { name: None, spread: false, value: node(b, inner) });
                }
            }
        } else if callee.is_none() {
            callee = Some(node(b, part));
        } else {
            node(b, part);
        }
    }
    let callee = callee.unwrap_or_else(|| common::nothing(b, n));
    match args.first() {
        Some(index) if is_index => Kind::Index(callee, index.value),
        _ => Kind::Call { callee, args },
    }
}

fn argument(b: &mut Builder<'_>, n: Node<'_>) -> Option<Arg> {
    let name = n.child_by_field_name("name").map(|one| common::text(b, one));
    let value = n.child_by_field_name("value")?;
    Some(Arg { name, spread: false, value: node(b, value) })
}

fn dictionary(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let (keys, values) = (in_field(n, "key"), in_field(n, "value"));
    let mut members = Vec::new();
    for (key, value) in keys.into_iter().zip(values) {
        let key = node(b, key);
        let key = match b.model().kind(key) {
            Kind::Text(text) => Key::Named(text.clone()),
            _ => Key::Computed(key),
        };
        members.push(Entry { key, value: node(b, value) });
    }
    Kind::Map(members)
}

fn operation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let (left, right) = (common::field(b, n, "lhs", READ), common::field(b, n, "rhs", READ));
    let operator = n.child_by_field_name("op").map(|one| common::text(b, one)).unwrap_or_default();
    super::binary(b, &operator, left, right)
}

fn property(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let value = n.child_by_field_name("value").map(|value| node(b, value));
    for inner in in_field(n, "computed_value") {
        node(b, inner);
    }
    wrapped(b, n);
    let annotation = children(n).into_iter().find(|one| one.kind() == "type_annotation");
    let written = annotation.map(|one| {
        common::text(b, one).trim_start_matches([':', ' ']).trim_end_matches(['?', '!']).to_owned()
    });
    let pattern = n.child_by_field_name("name");
    let name = pattern.and_then(|pattern| pattern.child_by_field_name("bound_identifier"));
    let is_field = n.parent().is_some_and(|one| one.kind() == "class_body");
    match name {
        Some(name) if is_field => common::declare_field(b, name, written.as_deref(), value),
        Some(name) => common::declare(b, name, written.as_deref(), value),
        None => Kind::Other(value.into_iter().collect()),
    }
}

/// `@AppStorage("token") var token`: a call that says where the property is kept.
fn wrapped(b: &mut Builder<'_>, n: Node<'_>) {
    let modifiers = children(n).into_iter().filter(|one| one.kind() == "modifiers");
    for attribute in modifiers.flat_map(children).filter(|one| one.kind() == "attribute") {
        let parts = children(attribute);
        if let [name, value] = parts.as_slice() {
            let written = common::text(b, *name);
            b.add(attribute.byte_range(), |b| {
                let callee = b.add(name.byte_range(), |_| Kind::Name(written));
                let value = node(b, *value);
                Kind::Call { callee, args: vec![Arg { name: None, spread: false, value }] }
            });
        }
    }
}

/// `return value`, `throw error`
fn transfer(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    if b.text_of(n.byte_range()).starts_with("return") {
        let value = n.child_by_field_name("result").map(|value| node(b, value));
        return Kind::Return(value);
    }
    common::other(b, n, READ)
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let list = children(n).into_iter().filter(|one| one.kind() == "parameter");
    let params: Vec<Param> = list.filter_map(|one| param(b, one)).collect();
    let body = n.child_by_field_name("body");
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        if let Some(body) = body {
            statements(b, body);
        }
    });
    Kind::Function(scope)
}

/// What a function does; an expression that is all of it is what it answers.
fn statements(b: &mut Builder<'_>, body: Node<'_>) {
    let list = children(body).into_iter().find(|one| one.kind() == "statements");
    let Some(list) = list else { return };
    match children(list).as_slice() {
        [one] if one.kind().ends_with("_expression") => {
            b.add(one.byte_range(), |b| Kind::Return(Some(node(b, *one))));
        }
        _ => {
            node(b, list);
        }
    }
}

fn param(b: &Builder<'_>, n: Node<'_>) -> Option<Param> {
    // The grammar calls the name and the type alike.
    let named = in_field(n, "name");
    let name = common::text(b, *named.first()?);
    let type_name =
        named.get(1).map(|one| common::text(b, *one).trim_end_matches(['?', '!']).to_owned());
    Some(Param { name, type_name, default: None })
}

fn lambda(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut params = Vec::new();
    let list = n.child_by_field_name("type").map(children).unwrap_or_default();
    for one in list.into_iter().flat_map(children) {
        let name = field_text(b, one, "name").to_owned();
        params.push(Param { name, type_name: None, default: None });
    }
    let scope = b.within(ScopeKind::Function, "", |b| {
        for param in params {
            b.param(param);
        }
        statements(b, n);
    });
    Kind::Function(scope)
}

/// What is behind `import Module`, as far as rules know it.
const MODULES: [(&str, &str, &[&str]); 7] = [
    (
        "JWTKit",
        "JWTKit",
        &[
            "JWTSigner",
            "JWTSigners",
            "JWTKeyCollection",
            "HMACKey",
            "JWTParser",
            "DefaultJWTParser",
        ],
    ),
    (
        "JWT",
        "JWTKit",
        &[
            "JWTSigner",
            "JWTSigners",
            "JWTKeyCollection",
            "HMACKey",
            "JWTParser",
            "DefaultJWTParser",
        ],
    ),
    ("Vapor", "Vapor", &["Abort", "HTTPCookies"]),
    ("JWTDecode", "JWTDecode", &["decode", "JWTDecode"]),
    ("SwiftJWT", "SwiftJWT", &["JWT", "JWTSigner", "JWTVerifier", "JWTEncoder", "JWTDecoder"]),
    ("CryptoKit", "CryptoKit", &["SymmetricKey", "HMAC"]),
    ("Crypto", "CryptoKit", &["SymmetricKey", "HMAC"]),
];

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let written = children(n).last().map(|one| common::text(b, *one)).unwrap_or_default();
    b.bind(&format!("import {written}"), Binding::Import(written.clone()));
    for (module, path, names) in MODULES {
        for name in names.iter().filter(|_| module == written) {
            b.bind(name, Binding::Import(format!("{path}.{name}")));
        }
    }
    Kind::Other(Vec::new())
}

fn do_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut body = None;
    let mut handlers = Vec::new();
    for part in children(n) {
        if part.kind() != "catch_block" {
            let made = node(b, part);
            body.get_or_insert(made);
            continue;
        }
        // Without a name of its own it is `error`.
        let written = part.child_by_field_name("error").map(|one| common::text(b, one));
        let name = written.as_deref().and_then(|one| one.strip_prefix("let "));
        let name = name.and_then(|one| one.split(' ').next()).unwrap_or("error").to_owned();
        b.bind(&name, Binding::Unknown);
        let inner = children(part).into_iter().find(|one| one.kind() == "statements");
        let body = match inner {
            Some(inner) => node(b, inner),
            None => common::nothing(b, part),
        };
        handlers.push(Handler { error: Some(name), body });
    }
    let body = body.unwrap_or_else(|| common::nothing(b, n));
    Kind::Try { body, handlers }
}

/// `if let name = value`, `guard let name = value else`
fn conditional(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut name: Option<Node<'_>> = None;
    let mut cursor = n.walk();
    let parts: Vec<(Option<&str>, Node<'_>)> = n
        .children(&mut cursor)
        .enumerate()
        .map(|(at, one)| (u32::try_from(at).ok().and_then(|at| n.field_name_for_child(at)), one))
        .collect();
    for (field, part) in parts {
        match (field, name) {
            (Some("bound_identifier"), _) => name = Some(part),
            (Some("condition"), Some(bound)) if part.is_named() => {
                name = None;
                b.add(bound.start_byte()..part.end_byte(), |b| {
                    let value = node(b, part);
                    common::declare(b, bound, None, Some(value))
                });
            }
            _ if part.is_named() && !super::is_comment(part) => {
                // `guard let token else`: the name goes on standing for what it stood for.
                name = None;
                node(b, part);
            }
            _ => {}
        }
    }
    Kind::Branch
}
