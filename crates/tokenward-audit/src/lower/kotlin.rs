//! Kotlin. Names come from Java's libraries, so that paths are as Java's.

use tree_sitter::Node;

use super::common::{self, Read};
use super::{children, field_text, java, number};
use crate::model::build::Builder;
use crate::model::{Arg, Binding, Entry, Handler, Id, Key, Kind, Param, ScopeKind};

const READ: Read = node;

pub(super) fn lower(b: &mut Builder<'_>, root: Node<'_>) {
    node(b, root);
}

fn node(b: &mut Builder<'_>, n: Node<'_>) -> Id {
    let inner = match n.kind() {
        "parenthesized_expression"
        | "annotated_lambda"
        | "value_argument"
        | "annotated_expression"
        | "interpolation" => children(n).last().copied(),
        "as_expression" => n.child_by_field_name("left"),
        // `token!!`
        "unary_expression" if field_text(b, n, "operator") == "!!" => {
            n.child_by_field_name("argument")
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
        "identifier" => identifier(b, n),
        "this_expression" => Kind::Name("this".to_owned()),
        "number_literal" | "float_literal" => number(b.text_of(n.byte_range())),
        "string_literal" | "multiline_string_literal" => string(b, n),
        "navigation_expression" => navigation(b, n),
        "index_expression" => {
            let parts = common::all(b, children(n), READ);
            match parts.as_slice() {
                [object, index] => Kind::Index(*object, *index),
                _ => Kind::Other(parts),
            }
        }
        "call_expression" => call(b, n),
        "collection_literal" => Kind::List(common::all(b, children(n), READ)),
        "binary_expression" => common::operation(b, n, (&["?:"], "+"), READ),
        // `"sub" to id`
        "infix_expression" => match children(n).as_slice() {
            [left, operator, right] => {
                let operator = common::text(b, *operator);
                let left = node(b, *left);
                Kind::Binary(operator, left, node(b, *right))
            }
            _ => common::other(b, n, READ),
        },
        "assignment" if field_text(b, n, "operator") == "=" => common::assignment(b, n, READ),
        "property_declaration" => property(b, n),
        "return_expression" => Kind::Return(common::all(b, children(n), READ).first().copied()),
        "function_declaration" | "secondary_constructor" | "anonymous_function" => function(b, n),
        "lambda_literal" => lambda(b, n),
        "class_declaration" | "object_declaration" | "object_literal" => class(b, n),
        "import" => import(b, n),
        "try_expression" => try_expression(b, n),
        "if_expression" => condition(b, n),
        "when_expression" => common::branch(b, n, READ),
        "modifiers" | "package_header" | "user_type" | "nullable_type" | "type_arguments" => {
            Kind::Other(Vec::new())
        }
        _ => common::other(b, n, READ),
    }
}

/// The grammar has no words for these.
fn identifier(b: &Builder<'_>, n: Node<'_>) -> Kind {
    match b.text_of(n.byte_range()) {
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "null" => Kind::Null,
        written => Kind::Name(written.trim_matches('`').to_owned()),
    }
}

/// A string. The grammar cuts `"$name"` into `$` and a text that begins with the name.
fn string(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut parts = Vec::new();
    let mut is_name = false;
    for part in children(n) {
        let written = b.text_of(part.byte_range());
        match part.kind() {
            "string_content" if written == "$" => is_name = true,
            "string_content" if std::mem::take(&mut is_name) => {
                let end = written.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let (name, rest) =
                    written.split_at_checked(end.unwrap_or(written.len())).unwrap_or_default();
                for (text, is_hole) in [(name, true), (rest, false)] {
                    let text = text.to_owned();
                    parts.push(b.add(part.byte_range(), |_| {
                        if is_hole { Kind::Name(text) } else { Kind::Text(text) }
                    }));
                }
            }
            "string_content" => {
                let text = written.to_owned();
                parts.push(b.add(part.byte_range(), |_| Kind::Text(text)));
            }
            "escape_sequence" => {
                let text = super::unescape(written).into_owned();
                parts.push(b.add(part.byte_range(), |_| Kind::Text(text)));
            }
            _ => parts.push(node(b, part)),
        }
    }
    super::template(b, parts)
}

fn navigation(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let (Some(object), Some(name)) = (parts.first(), parts.get(1)) else {
        return Kind::Other(Vec::new());
    };
    let name = common::text(b, *name);
    let object = node(b, *object);
    Kind::Member(object, name)
}

fn call(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut callee = None;
    let mut args = Vec::new();
    for part in children(n) {
        match part.kind() {
            "value_arguments" => {
                args.extend(children(part).into_iter().map(|one| argument(b, one)));
            }
            "annotated_lambda" => {
                args.push(Arg { name: None, spread: false, value: node(b, part) });
            }
            "type_arguments" => {}
            _ if callee.is_none() => callee = Some(node(b, part)),
            _ => {
                node(b, part);
            }
        }
    }
    let callee = callee.unwrap_or_else(|| common::nothing(b, n));
    collection(b, callee, &args).unwrap_or(Kind::Call { callee, args })
}

fn argument(b: &mut Builder<'_>, n: Node<'_>) -> Arg {
    let parts = children(n);
    // `name = value`
    let name = match parts.as_slice() {
        [name, _] if name.kind() == "identifier" => Some(common::text(b, *name)),
        _ => None,
    };
    let (spread, value) = match parts.last() {
        Some(last) if last.kind() == "spread_expression" => {
            (true, children(*last).first().copied().unwrap_or(*last))
        }
        Some(last) => (false, *last),
        None => (false, n),
    };
    Arg { name, spread, value: if value == n { common::nothing(b, n) } else { node(b, value) } }
}

/// `mapOf("sub" to id)` and `listOf(a, b)` are literals in all but name.
fn collection(b: &Builder<'_>, callee: Id, args: &[Arg]) -> Option<Kind> {
    let Kind::Name(name) = b.model().kind(callee) else { return None };
    match name.as_str() {
        "mapOf" | "mutableMapOf" | "hashMapOf" | "linkedMapOf" => {
            let members: Option<Vec<Entry>> = args
                .iter()
                .map(|arg| match b.model().kind(arg.value) {
                    Kind::Binary(operator, key, value) if operator == "to" => {
                        let key = match b.model().kind(*key) {
                            Kind::Text(text) => Key::Named(text.clone()),
                            _ => Key::Computed(*key),
                        };
                        Some(Entry { key, value: *value })
                    }
                    _ => None,
                })
                .collect();
            members.map(Kind::Map)
        }
        "listOf" | "mutableListOf" | "setOf" | "arrayOf" => {
            Some(Kind::List(args.iter().map(|arg| arg.value).collect()))
        }
        _ => None,
    }
}

fn property(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let declared = parts.iter().find(|one| one.kind() == "variable_declaration").copied();
    let many = parts.iter().find(|one| one.kind() == "multi_variable_declaration").copied();
    let is_part = |one: &&Node<'_>| {
        !matches!(
            one.kind(),
            "modifiers"
                | "variable_declaration"
                | "multi_variable_declaration"
                | "getter"
                | "setter"
                | "property_delegate"
                | "nullable_type"
                | "type_parameters"
        )
    };
    let value = parts.iter().find(is_part).map(|value| node(b, *value));
    for part in
        parts.iter().filter(|one| matches!(one.kind(), "getter" | "setter" | "property_delegate"))
    {
        node(b, *part);
    }
    for one in many.map(children).unwrap_or_default() {
        let name = children(one).first().map(|name| common::text(b, *name)).unwrap_or_default();
        b.bind(&name, Binding::Unknown);
    }
    let Some(declared) = declared else { return Kind::Other(value.into_iter().collect()) };
    let inner = children(declared);
    let written = inner.get(1).map(|one| common::text(b, *one));
    let written = written.as_deref().map(|one| one.trim_end_matches('?'));
    let is_field = n.parent().is_some_and(|one| one.kind().ends_with("class_body"));
    match inner.first() {
        Some(name) if is_field => common::declare_field(b, *name, written, value),
        Some(name) => common::declare(b, *name, written, value),
        None => Kind::Other(Vec::new()),
    }
}

fn function(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let parts = children(n);
    let list = parts.iter().find(|one| one.kind() == "function_value_parameters").copied();
    let params = params(b, list);
    let body = parts.into_iter().find(|one| matches!(one.kind(), "function_body" | "block"));
    let scope = b.within(ScopeKind::Function, &name, |b| {
        for param in params {
            b.param(param);
        }
        match body.map(|body| (body, children(body))) {
            Some((body, inner)) if body.kind() == "function_body" => match inner.first() {
                Some(block) if block.kind() == "block" => {
                    node(b, *block);
                }
                // `fun read() = …`
                Some(value) => {
                    b.add(value.byte_range(), |b| Kind::Return(Some(node(b, *value))));
                }
                None => {}
            },
            Some((block, _)) => {
                node(b, block);
            }
            None => {}
        }
    });
    Kind::Function(scope)
}

/// A parameter's default stands beside it.
fn params(b: &mut Builder<'_>, list: Option<Node<'_>>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for one in list.map(children).unwrap_or_default() {
        match one.kind() {
            "parameter" => params.extend(param(b, one)),
            "parameter_modifiers" => {}
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

fn param(b: &Builder<'_>, n: Node<'_>) -> Option<Param> {
    let inner = children(n);
    let name = inner.iter().find(|one| one.kind() == "identifier")?;
    let written = inner.iter().find(|one| one.kind().ends_with("type"));
    let type_name = written.map(|one| common::text(b, *one).trim_end_matches('?').to_owned());
    Some(Param { name: common::text(b, *name), type_name, default: None })
}

/// `{ a, b -> … }`: its last expression is what it answers.
fn lambda(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut params = Vec::new();
    let mut statements = Vec::new();
    for part in children(n) {
        if part.kind() == "lambda_parameters" {
            params.extend(children(part).into_iter().filter_map(|one| {
                let name = children(one).first().map(|name| common::text(b, *name))?;
                Some(Param { name, type_name: None, default: None })
            }));
        } else {
            statements.push(part);
        }
    }
    let scope = b.within(ScopeKind::Function, "", |b| {
        for param in params {
            b.param(param);
        }
        let last = statements.last().copied();
        for one in statements {
            let answers = Some(one) == last
                && matches!(one.kind(), kind if kind.ends_with("_expression") || kind.ends_with("literal") || kind == "identifier")
                && !matches!(one.kind(), "if_expression" | "when_expression" | "try_expression" | "return_expression");
            if answers {
                b.add(one.byte_range(), |b| Kind::Return(Some(node(b, one))));
            } else {
                node(b, one);
            }
        }
    });
    Kind::Function(scope)
}

fn class(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let name = field_text(b, n, "name").to_owned();
    let parts = children(n);
    let scope = b.within(ScopeKind::Class, &name, |b| {
        for part in parts {
            match part.kind() {
                "primary_constructor" => {
                    for list in children(part) {
                        for one in
                            children(list).into_iter().filter(|one| one.kind() == "class_parameter")
                        {
                            b.add(one.byte_range(), |b| class_parameter(b, one));
                        }
                    }
                }
                "class_body" | "enum_class_body" | "delegation_specifiers" => {
                    node(b, part);
                }
                _ => {}
            }
        }
    });
    Kind::Function(scope)
}

/// `class Tokens(private val key: SecretKey)`, `@Value("\${jwt.secret:lit}") secret: String`
fn class_parameter(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let is_value = |one: &&Node<'_>| {
        !matches!(one.kind(), "modifiers" | "identifier") && !one.kind().ends_with("type")
    };
    let Some(at) = parts.iter().position(|one| one.kind() == "identifier") else {
        return Kind::Other(Vec::new());
    };
    let written = parts.iter().find(|one| one.kind().ends_with("type"));
    let written = written.map(|one| common::text(b, *one).trim_end_matches('?').to_owned());
    let after = parts.get(at.saturating_add(1)..).unwrap_or_default();
    let value = after.iter().find(is_value).map(|value| node(b, *value));
    match parts.get(at) {
        Some(name) => common::declare_field(b, *name, written.as_deref(), value),
        None => Kind::Other(Vec::new()),
    }
}

fn import(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let parts = children(n);
    let Some(path) = parts.first().map(|one| common::text(b, *one)) else {
        return Kind::Other(Vec::new());
    };
    if b.text_of(n.byte_range()).trim_end().ends_with(".*") {
        java::wildcard(b, &path);
    } else {
        let last = path.rsplit('.').next().unwrap_or_default().to_owned();
        let name = parts.get(1).map_or(last, |alias| common::text(b, *alias));
        b.bind(&name, Binding::Import(path));
    }
    Kind::Other(Vec::new())
}

fn try_expression(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let mut body = None;
    let mut handlers = Vec::new();
    for part in children(n) {
        match part.kind() {
            "catch_block" => {
                let inner = children(part);
                let name = inner.iter().find(|one| one.kind() == "identifier");
                let error = name.map(|one| common::text(b, *one));
                if let Some(error) = &error {
                    b.bind(error, Binding::Unknown);
                }
                let block = inner.iter().find(|one| one.kind() == "block");
                let body = match block {
                    Some(block) => node(b, *block),
                    None => common::nothing(b, part),
                };
                handlers.push(Handler { error, body });
            }
            "block" if body.is_none() => body = Some(node(b, part)),
            _ => {
                node(b, part);
            }
        }
    }
    let body = body.unwrap_or_else(|| common::nothing(b, n));
    Kind::Try { body, handlers }
}

/// `if (debug) a else b` is either of the two; with blocks it is a branch.
fn condition(b: &mut Builder<'_>, n: Node<'_>) -> Kind {
    let condition = n.child_by_field_name("condition");
    let is_value = children(n).iter().all(|one| {
        Some(*one) == condition
            || one.kind().ends_with("literal")
            || matches!(one.kind(), "identifier" | "navigation_expression" | "call_expression")
    });
    let made = common::all(b, children(n), READ);
    match made.as_slice() {
        [_, yes, no] if is_value => Kind::Choice(vec![*yes, *no]),
        _ => Kind::Branch,
    }
}
