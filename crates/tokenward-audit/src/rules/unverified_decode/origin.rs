//! Where a token comes from.

use super::Decode;
use super::callers;
use crate::language::Language;
use crate::model::{Binding, Id, Kind, Model, ScopeId};
use crate::rules::{Context, library};

mod words;

/// Where a token comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    /// A header, cookie, query or body: its bearer wrote it.
    Request,
    /// The answer to a login or refresh that this program asked for.
    LoginAnswer,
    /// What the program has kept: its session, a record, its own field, an envelope that it has opened.
    Kept,
    /// A parameter of a function whose name says that it decides who somebody is, and that nobody calls here.
    AuthParameter,
    Unknown,
}

/// Steps from one name to the next, and callers of callers.
const FUEL: u8 = 12;
/// What a step costs, in nodes: names that stand for many names that stand for many are more than are followed.
const STEP: usize = 1_000;

/// Follows a token to where it comes from: in this function, and in those that call it in this file.
pub(super) fn of(context: &Context<'_>, decode: &Decode) -> Origin {
    let Some(token) = decode.token else { return Origin::Unknown };
    if is_given_out(context.model, token) {
        return Origin::LoginAnswer;
    }
    at(context, token, FUEL)
}

fn at(context: &Context<'_>, id: Id, fuel: u8) -> Origin {
    let m = context.model;
    let Some(fuel) = fuel.checked_sub(1).filter(|_| m.charge(STEP)) else {
        return Origin::Unknown;
    };
    match m.kind(id) {
        Kind::Name(name) => name_at(context, name, id, fuel),
        Kind::Choice(options) => any_of(options.iter().map(|one| at(context, *one, fuel))),
        Kind::Call { .. } => call(context, id, fuel),
        Kind::Member(..) | Kind::Index(..) => member(context, id, fuel),
        Kind::Assign(_, value) => at(context, *value, fuel),
        _ => Origin::Unknown,
    }
}

/// Of several ways, the one that its bearer chose counts.
fn any_of(origins: impl Iterator<Item = Origin>) -> Origin {
    let mut found = Origin::Unknown;
    for origin in origins {
        if origin == Origin::Request {
            return origin;
        }
        if found == Origin::Unknown {
            found = origin;
        }
    }
    found
}

fn name_at(context: &Context<'_>, name: &str, id: Id, fuel: u8) -> Origin {
    let m = context.model;
    if m.parameter_of(name, m.node(id).scope).is_some() {
        let assigned = m.value(id);
        if assigned != id {
            return at(context, assigned, fuel);
        }
        return parameter(context, name, id, fuel);
    }
    let Some((_, bindings)) = m.declared(name, m.node(id).scope) else {
        return words::told_by(&name.to_lowercase());
    };
    let values = bindings.iter().filter_map(|binding| match binding {
        Binding::Value(value) if *value != id => Some(at(context, *value, fuel)),
        // `const [, token] = header.split(" ")`, `const { token } = req.body`
        Binding::Part(of, part) => Some(part_of(context, *of, part, fuel)),
        _ => None,
    });
    match any_of(values) {
        Origin::Unknown => words::own(&name.to_lowercase()),
        found => found,
    }
}

fn part_of(context: &Context<'_>, of: Id, part: &str, fuel: u8) -> Origin {
    let whole = format!("{}.{part}", context.source(of)).to_lowercase();
    match context.model.kind(of) {
        Kind::Member(..) | Kind::Name(_) if words::is_request(&whole) => words::told_by(&whole),
        _ => at(context, of, fuel),
    }
}

/// `request.headers["authorization"]`, `this.token`, `session.user.token`
fn member(context: &Context<'_>, id: Id, fuel: u8) -> Origin {
    let m = context.model;
    let value = m.value(id);
    if value != id {
        return at(context, value, fuel);
    }
    let base = bottom(m, id);
    // What an answer says is told by the name of the answer: `tokens.id_token` of whatever gave the tokens.
    if let Kind::Call { .. } = m.kind(base) {
        return answered(context, base, fuel);
    }
    if is_injected(context, base) {
        return Origin::Request;
    }
    let text = context.source(id).to_lowercase();
    match words::told_by(&text) {
        Origin::Unknown => {}
        found => return found,
    }
    if m.is_self(base) {
        return Origin::Kept;
    }
    match m.kind(base) {
        Kind::Name(name) if m.parameter_of(name, m.node(base).scope).is_none() => {
            match m.declared(name, m.node(base).scope) {
                Some((_, [Binding::Value(given)])) => match m.kind(*given) {
                    Kind::Call { .. } => answered(context, *given, fuel),
                    _ => at(context, *given, fuel),
                },
                Some((_, [Binding::Part(of, part)])) => part_of(context, *of, part, fuel),
                _ => Origin::Unknown,
            }
        }
        _ => Origin::Unknown,
    }
}

/// What a part of a call's answer is: `tokens.idToken`, where `tokens = await read(request.cookies)`.
fn answered(context: &Context<'_>, call: Id, fuel: u8) -> Origin {
    let m = context.model;
    match m.kind(call) {
        // `header.split(" ")[1]`, `request.headers.get("x").split(" ")[1]`
        Kind::Call { callee, .. } if matches!(m.kind(*callee), Kind::Member(..)) => {
            self::call(context, call, fuel)
        }
        _ => words::answer(m.callee_name(call).unwrap_or_default()),
    }
}

fn call(context: &Context<'_>, id: Id, fuel: u8) -> Origin {
    let m = context.model;
    let Kind::Call { callee, args } = m.kind(id) else { return Origin::Unknown };
    if context.library.sign(id).is_some() {
        return Origin::LoginAnswer;
    }
    let name = m.callee_name(id).unwrap_or_default();
    let found = words::answer(name);
    if found != Origin::Unknown {
        return found;
    }
    // `strings.TrimPrefix(header, "Bearer ")`: what Go's functions cut is what they are given.
    let is_cut = m.language == Language::Go
        && m.callee_path(id).is_some_and(|path| path.starts_with("strings."));
    if let Some(first) = args.first().filter(|_| is_cut) {
        return at(context, first.value, fuel);
    }
    match m.kind(*callee) {
        // `req.header("authorization")`, `header.replace("Bearer ", "")`
        Kind::Member(object, _) => {
            let text = format!("{}(", context.source(*callee)).to_lowercase();
            match words::told_by(&text) {
                Origin::Unknown => match at(context, *object, fuel) {
                    // `this.tokens.from(req)`
                    Origin::Unknown | Origin::Kept => helper(context, id, name, fuel),
                    found => found,
                },
                found => found,
            }
        }
        // `String(token)`, `[]byte(token)`
        Kind::Name(_) => match helper(context, id, name, fuel) {
            Origin::Unknown => match args.as_slice() {
                [one] if m.helpers(id).is_empty() => match at(context, one.value, fuel) {
                    Origin::Request if !is_plain(name) => Origin::Unknown,
                    found => found,
                },
                _ => Origin::Unknown,
            },
            found => found,
        },
        _ => Origin::Unknown,
    }
}

/// Functions that hand back what they are given, in another shape.
fn is_plain(name: &str) -> bool {
    let name = name.to_lowercase();
    ["string", "str", "byte", "trim", "strip", "bearer", "parse", "unquote", "decodeuri", "getattr"]
        .iter()
        .any(|word| name.contains(word))
}

/// `tokenFrom(req)`: what the function answers, where it is in this file; else what its name says.
fn helper(context: &Context<'_>, id: Id, name: &str, fuel: u8) -> Origin {
    let m = context.model;
    let takes_request = m.args(id).iter().any(|arg| {
        let text = context.source(arg.value).to_lowercase();
        matches!(
            text.as_str(),
            "req"
                | "request"
                | "ctx"
                | "context"
                | "c"
                | "r"
                | "event"
                | "headers"
                | "self.request"
        ) || words::is_request(&text) && matches!(m.kind(arg.value), Kind::Member(..))
    });
    let Some(function) = m.helper(id) else {
        return if takes_request && words::extracts(name) {
            Origin::Request
        } else {
            Origin::Unknown
        };
    };
    if !takes_request {
        return Origin::Unknown;
    }
    any_of(answers(m, function).into_iter().map(|one| at(context, one, fuel)))
}

/// What a function of this file answers.
fn answers(m: &Model, function: ScopeId) -> Vec<Id> {
    callers::node_of(m, function).map(|id| library::returned(m, id)).unwrap_or_default()
}

fn source_of<'m>(context: &Context<'m>, function: ScopeId) -> &'m str {
    callers::node_of(context.model, function).map_or("", |id| context.source(id))
}

fn bottom(m: &Model, id: Id) -> Id {
    let mut at = id;
    for _ in 0..16 {
        at = match m.kind(at) {
            Kind::Member(object, _) | Kind::Index(object, _) => *object,
            _ => return at,
        };
    }
    at
}

/// `response.cookie("session", token)`: it is on its way to whoever it was made for.
fn is_given_out(m: &Model, token: Id) -> bool {
    let Kind::Name(name) = m.kind(token) else { return false };
    let Some((declared, _)) = m.declared(name, m.node(token).scope) else { return false };
    m.uses(name, declared).any(|one| {
        m.node(one).parent.is_some_and(|call| {
            matches!(m.callee_name(call), Some("cookie" | "setCookie" | "set_cookie"))
                && m.positional(call, 1).found() == Some(one)
        })
    })
}

/// `token: str = Depends(oauth2_scheme)`, `authorization: str = Header()`, `@RequestHeader`
fn is_injected(context: &Context<'_>, id: Id) -> bool {
    let m = context.model;
    let Kind::Name(name) = m.kind(id) else { return false };
    let Some((function, scope)) = m.parameter_of(name, m.node(id).scope) else { return false };
    let is_annotated = || {
        let written = source_of(context, function);
        let before = written.split_once('{').map_or(written, |(before, _)| before);
        before.match_indices(name.as_str()).any(|(at, _)| {
            let before = before.get(..at).unwrap_or_default();
            words::is_injecting(before.rsplit(',').next().unwrap_or_default())
        })
    };
    scope.params.iter().filter(|param| &param.name == name).any(|param| {
        let default = param.default.and_then(|value| m.callee_name(value));
        matches!(default, Some("Depends" | "Header" | "Cookie" | "Query" | "Security" | "Body"))
            || param.type_name.as_deref().is_some_and(words::is_injected_type)
    }) || is_annotated()
}

/// A parameter: what those hand over who call the function in this file.
fn parameter(context: &Context<'_>, name: &str, id: Id, fuel: u8) -> Origin {
    let m = context.model;
    if is_injected(context, id) {
        return Origin::Request;
    }
    let Some((declaring, scope)) = m.parameter_of(name, m.node(id).scope) else {
        return Origin::Unknown;
    };
    let given: Vec<Origin> = callers::of(context, declaring)
        .filter_map(|call| callers::argument(m, call, declaring, name))
        .map(|arg| at(context, arg, fuel))
        .collect();
    match any_of(given.into_iter()) {
        Origin::Unknown => {}
        found => return found,
    }
    if words::is_header(&name.to_lowercase()) {
        return Origin::AuthParameter;
    }
    let function = scope.name.to_lowercase();
    let told = words::own(&name.to_lowercase());
    if told != Origin::Unknown {
        told
    } else if words::logs_in(&function) && !words::authenticates(&function) {
        Origin::LoginAnswer
    } else if is_setter(m, declaring) {
        Origin::Kept
    } else if words::authenticates(&function) {
        Origin::AuthParameter
    } else {
        Origin::Unknown
    }
}

/// What an object is made with, or told later, is its own.
fn is_setter(m: &Model, function: ScopeId) -> bool {
    let Some(scope) = m.scope(function) else { return false };
    let of_class = scope.parent.and_then(|class| m.scope(class)).map(|class| class.name.as_str());
    let is_made = matches!(
        scope.name.as_str(),
        "__init__" | "initialize" | "__construct" | "constructor" | "init" | "new"
    ) || scope.name.starts_with("New")
        || !scope.name.is_empty() && of_class == Some(scope.name.as_str());
    is_made
        || ["set_", "set", "save", "store", "with_", "connect"].iter().any(|start| {
            scope.name.strip_prefix(start).is_some_and(|rest| {
                start.ends_with('_')
                    || rest.is_empty()
                    || rest.starts_with(|c: char| c.is_uppercase() || c == '_')
            })
        })
}

pub(super) use words::vouches;

/// Whether what a function of this name answers is taken for the user.
pub(super) fn answers_user(function: &str) -> bool {
    words::authenticates(function) || words::names_user(function)
}
