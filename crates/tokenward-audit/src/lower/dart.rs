//! Dart. An import brings names that it does not say; those that rules know are bound where their package is
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
        "parenthesized_expression"
        | "expression_statement"
        | "await_expression"
        | "type_cast_expression"
        | "null_assertion_expression"
        | "member_declaration"
        | "label" => children(n).first().copied(),
        "unary_expression" => match children(n).as_slice() {
            [one] if one.kind() == "await_expression" => Some(*one),
            _ => None,
        },
        "instantiation_expression" => n.child_by_field_name("function"),
        _ => None,
    };
    match inner {
        Some(inner) => common::through(b, inner, READ),
        None => b.add(n.byte_range(), |b| kind(b, n)),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "identifier" | "identifier_dollar_escaped" | "type_identifier" => common::name(b, n),
        "this" => Kind::Name("this".to_owned()),
        "type" => match children(n).first() {
            Some(name) => Kind::Name(common::text(b, *name)),
            None => Kind::Other(Vec::new()),
        },
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "null_literal" => Kind::Null,
        "decimal_integer_literal" | "decimal_floating_point_literal" | "hex_integer_literal" => {
            number(b.text_of(n.byte_range()))
        }
        "string_literal" => string(b, n),
        "member_expression" | "null_aware_member_expression" => {
            common::member(b, n, ("object", "property"), READ)
        }
        // `object.name` and `object[index]`, where something is assigned to them.
        "assignable_expression" if n.child_by_field_name("property").is_some() => {
            common::member(b, n, ("object", "property"), READ)
        }
        "index_expression" | "null_aware_index_expression" | "assignable_expression"
            if n.child_by_field_name("index").is_some() =>
        {
            let object = common::field(b, n, "object", READ);
            Kind::Index(object, common::field(b, n, "index", READ))
        }
        "assignable_expression" => match children(n).first() {
            Some(inner) => kind(b, *inner),
            None => Kind::Other(Vec::new()),
        },
        "call_expression" => called(b, n, "function"),
        "new_expression" | "const_object_expression" => called(b, n, "type"),
        "cascade" => cascade(b, n),
        "set_or_map_literal" => literal(b, n),
        "list_literal" => {
            let items = children(n).into_iter().filter(|one| one.kind() != "type_arguments");
            Kind::List(common::all(b, items.collect(), READ))
        }
        "if_null_expression" => Kind::Choice(common::all(b, children(n), READ)),
        "conditional_expression" => {
            let made = common::all(b, children(n), READ);
            match made.as_slice() {
                [_, yes, no] => Kind::Choice(vec![*yes, *no]),
                _ => Kind::Other(made),
            }
        }
        kind if kind.ends_with("_expression") && n.child_by_field_name("operator").is_some() => {
            operation(b, n)
        }
        "initialized_variable_declaration"
        | "static_final_declaration"
        | "initialized_identifier" => declaration(b, n),
        "return_statement" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "function_declaration"
        | "method_declaration"
        | "local_function_declaration"
        | "function_expression" => function(b, n),
        "class_declaration" | "mixin_declaration" | "extension_declaration" => {
            common::class(b, n, READ)
        }
        "library_import" => import(b, n),
        "try_statement" => try_statement(b, n),
        "if_statement" | "switch_statement" | "switch_expression" => common::branch(b, n, READ),
        "annotation" | "type_arguments" | "formal_parameter_list" | "library_export" => {
            Kind::Other(Vec::new())
        }
        _ => common::other(b, n, READ),
    }
}

/// A string, or several beside each other.
fn string(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    for part in children(n).into_iter().flat_map(children) {
        let written = b.text_of(part.byte_range());
        let text = match part.kind() {
            "template_substitution" => {
                if let Some(inner) = children(part).first() {
                    parts.push(node(b, *inner));
                }
                continue;
            }
            "escape_sequence" => unescape(written).into_owned(),
            _ => written.to_owned(),
        };
        parts.push(b.add(part.byte_range(), |_| Kind::Text(text)));
    }
    template(b, parts)
}

fn called(b: &mut Builder<'_>, n: Node<'_>, callee: &str) -> Kind {
    let callee = common::field(b, n, callee, READ);
    // `new Type.named(…)`
    let callee = match n.child_by_field_name("constructor") {
        Some(name) => {
            let name = common::text(b, name);
            b.add(n.start_byte()..n.start_byte(), |_| Kind::Member(callee, name))
        }
        None => callee,
    };
    Kind::Call { callee, args: args(b, n) }
}

fn args(b: &mut Builder<'_>, n: Node<'_>) -> Vec<Arg> {
    let list = n.child_by_field_name("arguments").map(children).unwrap_or_default();
    list.into_iter().map(|one| argument(b, one)).collect()
}

fn argument(b: &mut Builder<'_>, n: Node<'_>) -> Arg {
    let parts = children(n);
    match parts.as_slice() {
        [label, value] if n.kind() == "named_argument" => {
            let name = common::text(b, *label).trim_end_matches([':', ' ']).to_owned();
            Arg { name: Some(name), spread: false, value: node(b, *value) }
        }
        _ => Arg { name: None, spread: false, value: node(b, n) },
    }
}

/// `object..a(…)..b(…)`: each is a call on the object.
fn cascade(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = children(n).into_iter();
    let Some(object) = parts.next() else { return Kind::Other(Vec::new()) };
    let object = node(b, object);
    let mut made = vec![object];
    for call in parts.flat_map(children) {
        if call.kind() != "cascade_call_expression" {
            made.push(node(b, call));
            continue;
        }
        made.push(b.add(call.byte_range(), |b| {
            let name = field_text(b, call, "property").to_owned();
            let callee =
                b.add(call.start_byte()..call.start_byte(), |_| Kind::Member(object, name));
            Kind::Call { callee, args: args(b, call) }
        }));
    }
    Kind::Other(made)
}

fn literal(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut members = Vec::new();
    let parts = children(n).into_iter().filter(|one| one.kind() != "type_arguments");
    for part in parts {
        let (key, value) =
            match (part.child_by_field_name("key"), part.child_by_field_name("value")) {
                (Some(key), Some(value)) => {
                    let key = node(b, key);
                    let key = match b.model().kind(key) {
                        Kind::Text(text) => Key::Named(text.clone()),
                        _ => Key::Computed(key),
                    };
                    (key, node(b, value))
                }
                (None, Some(value)) => (Key::Spread, node(b, value)),
                _ => (Key::Spread, node(b, part)),
            };
        members.push(Entry { key, value });
    }
    Kind::Map(members)
}

fn operation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    if n.kind() == "assignment_expression" {
        return common::assignment(b, n, READ);
    }
    let operator = field_text(b, n, "operator").to_owned();
    let sides: Vec<Node<'_>> =
        children(n).into_iter().filter(|one| !one.kind().ends_with("operator")).collect();
    let sides = common::all(b, sides, READ);
    match sides.as_slice() {
        [left, right] => super::binary(b, &operator, *left, *right),
        _ => Kind::Other(sides),
    }
}

/// A variable, or a field, whose type may stand beside it.
fn declaration(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let value = n.child_by_field_name("value").map(|value| node(b, value));
    let field = n.parent().and_then(|one| one.parent()).filter(|one| one.kind() == "declaration");
    let written = [Some(n), n.parent(), field].into_iter().flatten().find_map(|one| {
        children(one).into_iter().find(|one| one.kind() == "type").map(|one| common::text(b, one))
    });
    let written = written.as_deref().map(|one| one.trim_end_matches('?'));
    match n.child_by_field_name("name") {
        Some(name) if field.is_some() => common::declare_field(b, name, written, value),
        Some(name) => common::declare(b, name, written, value),
        None => Kind::Other(value.into_iter().collect()),
    }
}

/// The signature holds the name and the parameters; of a function without a name, the node itself does.
fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut signature = n;
    for _ in 0..3 {
        let inner = children(signature).into_iter().find(|one| one.kind().ends_with("_signature"));
        match inner {
            Some(inner) => signature = inner,
            None => break,
        }
    }
    let name = field_text(b, signature, "name").to_owned();
    let list = signature.child_by_field_name("parameters");
    let params = params(b, list.map(children).unwrap_or_default());
    let body = n.child_by_field_name("body").or_else(|| {
        children(n)
            .into_iter()
            .find(|one| one.kind().starts_with("function_") && one.kind().ends_with("body"))
    });
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        match body.map(children).unwrap_or_default().as_slice() {
            [block] if block.kind() == "block" => {
                node(b, *block);
            }
            [value] => {
                b.add(value.byte_range(), |b| Kind::Return(Some(node(b, *value))));
            }
            _ => {}
        }
    });
    Kind::Function(scope)
}

fn params(b: &mut Builder<'_>, list: Vec<Node<'_>>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for one in list {
        match one.kind() {
            "optional_formal_parameters" => params.extend(self::params(b, children(one))),
            "formal_parameter" => {
                let inner = children(one);
                let name = in_field(one, "name").first().copied();
                let name =
                    name.or_else(|| inner.iter().rfind(|one| one.kind() == "identifier").copied());
                let Some(name) = name.map(|name| common::text(b, name)) else { continue };
                let written = inner.iter().find(|one| one.kind() == "type");
                let type_name =
                    written.map(|one| common::text(b, *one).trim_end_matches('?').to_owned());
                params.push(Param { name, type_name, default: None });
            }
            _ => {
                let default = node(b, one);
                if let Some(last) = params.last_mut() {
                    last.default = Some(default);
                }
            }
        }
    }
    params
}

/// What is behind the import of a package, as far as rules know it.
const PACKAGES: [(&str, &[&str]); 7] = [
    ("dart_jsonwebtoken", &["JWT", "SecretKey", "RSAPublicKey", "RSAPrivateKey", "JWTAlgorithm"]),
    ("jwt_decoder", &["JwtDecoder"]),
    ("jaguar_jwt", &["JwtClaim", "issueJwtHS256", "verifyJwtHS256Signature"]),
    ("jose", &["JsonWebToken", "JsonWebSignature", "JsonWebKey"]),
    ("shared_preferences", &["SharedPreferences", "SharedPreferencesAsync"]),
    ("get_storage", &["GetStorage"]),
    ("hive", &["Hive"]),
];

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let specification = children(n).into_iter().find(|one| one.kind() == "import_specification");
    let Some(specification) = specification else { return Kind::Other(Vec::new()) };
    let uri = field_text(b, specification, "uri").trim_matches(['"', '\'']);
    let path = uri.strip_prefix("package:").unwrap_or(uri);
    // `hive_flutter` is `hive`, with the rest of a phone.
    let package =
        path.split('/').next().unwrap_or_default().trim_end_matches("_flutter").to_owned();
    b.bind(&format!("import {package}"), Binding::Import(package.clone()));
    let alias = field_text(b, specification, "alias").to_owned();
    if !alias.is_empty() {
        b.bind(&alias, Binding::Import(package));
        return Kind::Other(Vec::new());
    }
    for (known, names) in PACKAGES {
        for name in names.iter().filter(|_| known == package) {
            b.bind(name, Binding::Import(format!("{known}.{name}")));
        }
    }
    Kind::Other(Vec::new())
}

/// `try { … } on Type catch (e) { … }`: the blocks of clauses stand behind them.
fn try_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let body = common::field(b, n, "body", READ);
    let mut handlers = Vec::new();
    let mut error = None;
    for part in children(n).into_iter().skip(1) {
        match part.kind() {
            "catch_clause" => {
                let name = field_text(b, part, "exception").to_owned();
                b.bind(&name, Binding::Unknown);
                error = Some(name);
            }
            "block" => handlers.push(Handler { error: error.take(), body: node(b, part) }),
            "type" => {}
            _ => {
                node(b, part);
            }
        }
    }
    Kind::Try { body, handlers }
}
