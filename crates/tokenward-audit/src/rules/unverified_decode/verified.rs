//! Whether the same token is verified elsewhere in the file.

use std::collections::BTreeSet;

use super::{Decode, callers};
use crate::model::{Id, Kind, Model, ScopeId, ScopeKind};
use crate::rules::Context;

/// Calls of these names, given the token, are taken for a check: what they do is out of sight.
const CHECKS: [&str; 13] = [
    "userinfo",
    "verify",
    "validate",
    "authenticate",
    "introspect",
    "check_token",
    "checktoken",
    "isvalid",
    "is_valid",
    "decode_jwt",
    "decodejwt",
    "decode_token",
    "decodetoken",
];

/// Which of several functions of one name have to verify, so that a call of that name does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Namesakes {
    All,
    /// Then it is uncertain.
    Any,
}

/// Whether the token is verified before or after, here, in whoever calls this function, or in what it calls.
pub(super) fn elsewhere(context: &Context<'_>, decode: &Decode, which: Namesakes) -> bool {
    let m = context.model;
    let Some(token) = decode.token else { return false };
    let function = m.function_of(decode.call);
    is_verified(context, (token, decode.call), function, which)
        || is_checked_as_result(context, decode)
        || callers_verify(context, token, function, which)
}

/// Whether this file verifies any token, by a library or by a function of another file.
pub(super) fn nearby(context: &Context<'_>) -> bool {
    let m = context.model;
    context.library.verifies().any(|verify| !verify.is_off)
        || m.calls().any(|call| {
            let name = m.callee_name(call).unwrap_or_default().to_lowercase();
            let is_check = name == "verify"
                || ["verify", "validate", "introspect"].iter().any(|start| name.contains(start))
                    && ["token", "jwt", "sign", "bearer", "introspect"]
                        .iter()
                        .any(|word| name.contains(word));
            is_check
                && !m.args(call).is_empty()
                && m.helpers(call).is_empty()
                && context.library.verify(call).is_none()
                && context.library.decode(call).is_none()
        })
}

/// Whether a call other than `not` verifies the token, in a function or close to it.
fn is_verified(
    context: &Context<'_>,
    (token, not): (Id, Id),
    function: ScopeId,
    which: Namesakes,
) -> bool {
    let m = context.model;
    let mut names = names_of(context, token);
    names.extend(holder_of(context, token));
    m.calls()
        .filter(|call| *call != not && related(m, *call, function))
        .any(|call| checks(context, call, which) && takes(context, call, &names))
}

/// Whether a call is given a token, by whatever name.
pub(super) fn is_given(context: &Context<'_>, call: Id, token: Id) -> bool {
    takes(context, call, &names_of(context, token))
}

fn takes(context: &Context<'_>, call: Id, names: &BTreeSet<String>) -> bool {
    let m = context.model;
    m.args(call).iter().any(|arg| {
        // Also inside of `**{"token": token}` and `verify({ token })`.
        let inside = m.entries(m.value(arg.value)).named.into_iter().map(|(_, value)| value);
        std::iter::once(arg.value)
            .chain(inside)
            .any(|value| !names.is_disjoint(&names_of(context, value)))
    })
}

/// A call in the same function, or in one inside or around it.
fn related(m: &Model, call: Id, function: ScopeId) -> bool {
    let other = m.function_of(call);
    let is_file = m.scope(function).is_some_and(|scope| scope.kind == ScopeKind::File);
    other == function || (!is_file && m.is_within(other, function)) || m.is_within(function, other)
}

/// Whether a call verifies what it is given, or a function of this file that does.
fn checks(context: &Context<'_>, call: Id, which: Namesakes) -> bool {
    let (m, calls) = (context.model, context.library);
    if calls.decode(call).is_some() {
        return false;
    }
    if calls.verify(call).is_some() {
        return true;
    }
    let verifies = |helper: &ScopeId| {
        let inside = || m.calls().filter(|one| m.function_of(*one) == *helper);
        let verifies = inside().any(|inner| {
            calls.decode(inner).is_none()
                && (calls.verify(inner).is_some() || is_named_so(m, inner))
        });
        // `verify_token` that is seen to verify nothing is no check, whatever its name says.
        verifies || is_named_so(m, call) && !inside().any(|inner| calls.decode(inner).is_some())
    };
    let helpers = m.helpers(call);
    match which {
        _ if helpers.is_empty() => is_named_so(m, call),
        Namesakes::All => helpers.iter().all(verifies),
        Namesakes::Any => helpers.iter().any(verifies),
    }
}

fn is_named_so(m: &Model, call: Id) -> bool {
    let Some(name) = m.callee_name(call) else { return false };
    let name = name.to_lowercase();
    let parses = matches!(name.as_str(), "parse" | "parsewithclaims" | "get_signing_key_from_jwt");
    parses && m.language == crate::Language::Go
        || CHECKS.iter().any(|word| name.contains(word))
        || name == "get_signing_key_from_jwt"
}

/// `verify(decoded)`: libraries that check what they have parsed.
fn is_checked_as_result(context: &Context<'_>, decode: &Decode) -> bool {
    let m = context.model;
    let Some(parent) = m.node(decode.call).parent else { return false };
    let Kind::Assign(target, _) = m.kind(parent) else { return false };
    let Kind::Name(name) = m.kind(*target) else { return false };
    let Some((declared, _)) = m.declared(name, m.node(*target).scope) else { return false };
    m.uses(name, declared).any(|one| {
        m.node(one).parent.is_some_and(|call| {
            // `verify(decoded)`, and `decoded.verify(verifier)`.
            let call = match m.kind(call) {
                Kind::Member(object, _) if *object == one => m.node(call).parent.unwrap_or(call),
                _ => call,
            };
            matches!(m.kind(call), Kind::Call { callee, .. } if *callee != one)
                && m.callee_name(call).is_some_and(|name| {
                    let name = name.to_lowercase();
                    ["verify", "validate", "assert", "process"]
                        .iter()
                        .any(|check| name.starts_with(check))
                })
        })
    })
}

/// Where the token is a parameter, and each caller in this file verifies what it hands over.
fn callers_verify(context: &Context<'_>, token: Id, function: ScopeId, which: Namesakes) -> bool {
    let m = context.model;
    let Kind::Name(name) = m.kind(token) else { return false };
    let calls: Vec<Id> = callers::of(context, function).collect();
    !calls.is_empty()
        && calls.into_iter().all(|call| {
            callers::argument(m, call, function, name)
                .is_some_and(|arg| is_verified(context, (arg, call), m.function_of(call), which))
        })
}

/// What a token is called: its variable, the expression that it was assigned from, the variable inside
/// `token.encode()` and the like.
fn names_of(context: &Context<'_>, token: Id) -> BTreeSet<String> {
    let m = context.model;
    let mut names = BTreeSet::new();
    let mut at = token;
    for _ in 0..8 {
        match m.kind(at) {
            Kind::Name(name) => {
                let scope = m.declared(name, m.node(at).scope).map(|(scope, _)| scope);
                names.insert(format!("{scope:?} {name}"));
            }
            Kind::Text(_) | Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Function(_) => {
                break;
            }
            _ => {
                names.insert(context.source(at).to_owned());
            }
        }
        let next = m.value(at);
        at = match m.kind(next) {
            // `token.encode()`, `String(token)`, `[]byte(token)`, `token.replace("Bearer ", "")`
            _ if next != at => next,
            Kind::Call { callee, args } => match (m.kind(*callee), args.first()) {
                (Kind::Member(object, _), _) if matches!(m.kind(*object), Kind::Name(name) if m.declared(name, m.node(*object).scope).is_some()) => {
                    *object
                }
                (Kind::Name(_), Some(arg)) => arg.value,
                _ => break,
            },
            _ => break,
        };
    }
    names
}

/// What a token is a part of, where a function was given that: `verify(credentials)` looks at
/// `credentials.token`.
fn holder_of(context: &Context<'_>, token: Id) -> Option<String> {
    let m = context.model;
    let mut at = m.value(token);
    for _ in 0..8 {
        at = match m.kind(at) {
            Kind::Member(object, _) | Kind::Index(object, _) => *object,
            Kind::Name(name) if at != token => {
                let (scope, _) = m.parameter_of(name, m.node(at).scope)?;
                return Some(format!("{:?} {name}", Some(scope)));
            }
            _ => return None,
        };
    }
    None
}
