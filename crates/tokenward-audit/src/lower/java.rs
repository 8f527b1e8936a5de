//! Java.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, in_field, number};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Id, Kind, Param};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "parenthesized_expression" | "expression_statement" => children(n).first().copied(),
        "cast_expression" => n.child_by_field_name("value"),
        _ => None,
    };
    match inner {
        Some(inner) => common::through(b, inner, READ),
        None => b.add(n.byte_range(), |b| kind(b, n)),
    }
}

fn kind(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    match n.kind() {
        "identifier" | "type_identifier" | "this" => common::name(b, n),
        "generic_type" => match children(n).first() {
            Some(inner) => type_path(b, *inner),
            None => Kind::Other(Vec::new()),
        },
        "scoped_type_identifier" => type_path(b, n),
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "null_literal" => Kind::Null,
        "decimal_integer_literal" | "hex_integer_literal" | "decimal_floating_point_literal" => {
            number(b.text_of(n.byte_range()))
        }
        "string_literal" => common::string(b, n, READ),
        "field_access" => common::member(b, n, ("object", "field"), READ),
        "scoped_identifier" => common::member(b, n, ("scope", "name"), READ),
        "array_access" => {
            let object = common::field(b, n, "array", READ);
            Kind::Index(object, common::field(b, n, "index", READ))
        }
        "method_invocation" => {
            let callee = common::method(b, n, ("object", "name"), READ);
            let args = common::plain_args(b, n, "arguments", READ);
            Kind::Call { callee, args }
        }
        "object_creation_expression" => {
            let callee = common::field(b, n, "type", READ);
            let args = common::plain_args(b, n, "arguments", READ);
            let bodies = children(n).into_iter().filter(|one| one.kind() == "class_body");
            common::all(b, bodies.collect(), READ);
            Kind::Call { callee, args }
        }
        "array_initializer" => Kind::List(common::all(b, children(n), READ)),
        "assignment_expression" => common::assignment(b, n, READ),
        "binary_expression" => common::operation(b, n, (&[], "+"), READ),
        "ternary_expression" => common::ternary(b, n, ("consequence", "alternative"), READ),
        "local_variable_declaration" | "field_declaration" => declaration(b, n),
        "return_statement" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
            let name = field_text(b, n, "name").to_owned();
            let params = common::params(b, n.child_by_field_name("parameters"), "value", READ);
            common::function(b, n, &name, params, READ)
        }
        "lambda_expression" => lambda(b, n),
        "class_declaration"
        | "record_declaration"
        | "enum_declaration"
        | "interface_declaration" => common::class(b, n, READ),
        "import_declaration" => import(b, n),
        "try_statement" | "try_with_resources_statement" => try_statement(b, n),
        "if_statement" | "switch_expression" => common::branch(b, n, READ),
        "modifiers" => Kind::Other(Vec::new()),
        _ => common::other(b, n, READ),
    }
}

/// `JWTClaimsSet.Builder`, of types.
fn type_path(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    match parts.as_slice() {
        [package, name] if name.kind() == "type_identifier" => {
            let package = b.add(package.byte_range(), |b| type_path(b, *package));
            Kind::Member(package, common::text(b, *name))
        }
        _ => common::name(b, n),
    }
}

fn declaration(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let written = n.child_by_field_name("type").map(|one| common::text(b, one));
    let mut made = Vec::new();
    let is_field = n.kind() == "field_declaration";
    for one in in_field(n, "declarator") {
        made.push(b.add(one.byte_range(), |b| {
            let value = match one.child_by_field_name("value") {
                Some(value) => Some(node(b, value)),
                None => injected(b, n),
            };
            match one.child_by_field_name("name") {
                Some(name) if is_field => common::declare_field(b, name, written.as_deref(), value),
                Some(name) => common::declare(b, name, written.as_deref(), value),
                None => Kind::Other(Vec::new()),
            }
        }));
    }
    Kind::Other(made)
}

/// `@Value("${jwt.secret:fallback}")` is a setting with a default.
fn injected(b: &mut Builder<'_>, n: Node<'_>) -> Option<Id> {
    let modifiers = children(n).into_iter().find(|one| one.kind() == "modifiers")?;
    let value = children(modifiers)
        .into_iter()
        .find(|one| one.kind() == "annotation" && field_text(b, *one, "name") == "Value")?;
    let argument = *children(value.child_by_field_name("arguments")?).first()?;
    let written = b.text_of(argument.byte_range()).trim_matches('"');
    let (name, default) = written.strip_prefix("${")?.strip_suffix('}')?.split_once(':')?;
    let texts = [name.to_owned(), default.to_owned()];
    let callee = b.add(argument.byte_range(), |_| Kind::Name("getenv".to_owned()));
    let args = texts
        .into_iter()
        .map(|text| b.add(argument.byte_range(), |_| Kind::Text(text)))
        .map(|value| Arg { name: None, spread: false, value })
        .collect();
    Some(b.add(argument.byte_range(), |_| Kind::Call { callee, args }))
}

fn lambda(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let params = match n.child_by_field_name("parameters") {
        Some(one) if one.kind() == "identifier" => {
            vec![Param { name: common::text(b, one), type_name: None, default: None }]
        }
        list => common::params(b, list, "value", READ),
    };
    common::function(b, n, "", params, READ)
}

/// What is behind `import library.*;`, as far as rules know it.
const PACKAGES: [(&str, &[&str]); 10] = [
    ("io.jsonwebtoken", &["Jwts", "JwtParser", "SignatureAlgorithm", "Claims", "Jws"]),
    ("io.jsonwebtoken.security", &["Keys"]),
    ("com.auth0.jwt", &["JWT", "JWTVerifier"]),
    ("com.auth0.jwt.algorithms", &["Algorithm"]),
    ("com.nimbusds.jwt", &["SignedJWT", "JWTParser", "JWTClaimsSet", "PlainJWT"]),
    ("com.nimbusds.jose.crypto", &["MACVerifier", "MACSigner"]),
    ("jakarta.servlet.http", &["Cookie"]),
    ("javax.servlet.http", &["Cookie"]),
    ("org.springframework.http", &["ResponseCookie"]),
    (
        "org.springframework.security.oauth2.jwt",
        &["JwtDecoder", "NimbusJwtDecoder", "NimbusReactiveJwtDecoder"],
    ),
];

/// Binds what is behind `import path.*`.
pub(super) fn wildcard(b: &mut Builder<'_>, path: &str) {
    for (package, names) in PACKAGES {
        for name in names.iter().filter(|_| package == path) {
            b.bind(name, Binding::Import(format!("{path}.{name}")));
        }
    }
}

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let Some(path) = parts.first().map(|one| common::text(b, *one)) else {
        return Kind::Other(Vec::new());
    };
    if parts.iter().any(|one| one.kind() == "asterisk") {
        wildcard(b, &path);
    } else if let Some((_, name)) = path.rsplit_once('.') {
        let name = name.to_owned();
        b.bind(&name, Binding::Import(path));
    }
    Kind::Other(Vec::new())
}

fn try_statement(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    if let Some(resources) = n.child_by_field_name("resources") {
        node(b, resources);
    }
    common::try_statement(b, n, "catch_formal_parameter", READ)
}
