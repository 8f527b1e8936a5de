//! `token-in-log`: code that writes tokens, or the secret that signs them, where logs are read.
//!
//! It is told unasked only where the file shows what the value is: a signing call made it, a verifying call takes
//! it as the token, or either takes it as the secret. A name alone may be that of a parser's token.

use super::Context;
use super::guards::conditions;
use super::names::{has, is_credential, plain};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Binding, Id, Kind, Model, ScopeId};

mod calls;
mod tool;

use calls::Log;

/// What a format of morgan's holds that shows a request's credentials.
pub(super) const FORMATS: &[&str] = &[":req[authorization]", ":req[cookie]"];
/// How deep what is logged is looked into.
const FUEL: u8 = 6;

#[derive(Clone, Copy)]
enum What {
    Token,
    Secret,
}

/// `token-in-log`
pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let keys = keys(context);
    for call in m.calls() {
        if let Some(format) = request_format(m, call) {
            tell(context, format, What::Token, Confidence::High);
        }
        let Some(log) = calls::log(m, call) else { continue };
        let is_tool = tool::is_tools(context, &log);
        if is_tool && log.is_print {
            continue;
        }
        let mut shown = Vec::new();
        for arg in m.args(call) {
            leaves(context, arg.value, &mut shown, FUEL);
        }
        let found = shown.iter().find_map(|leaf| certain(context, *leaf, &keys));
        let is_open = is_tool || log.is_debug || is_refused(context, call);
        if let Some(what) = found {
            let confidence = if is_open { Confidence::Low } else { Confidence::High };
            tell(context, call, what, confidence);
        } else if shown.iter().any(|leaf| is_named(m, *leaf)) {
            tell(context, call, What::Token, Confidence::Low);
        }
    }
}

fn tell(context: &mut Context<'_>, at: Id, what: What, confidence: Confidence) {
    let message = match what {
        What::Token => {
            "the token is written into the log: whoever reads it can act for its owner as long as it is good"
        }
        What::Secret => {
            "the secret that signs tokens is written into the log: whoever reads it can make tokens for anybody"
        }
    };
    let fix = "log who it is for (`sub`) or its id (`jti`), and never the token or its secret";
    context.report(at, (Severity::High, confidence), message, fix);
}

/// `morgan(':method :url :req[authorization]')`
fn request_format(m: &Model, call: Id) -> Option<Id> {
    if m.callee_path(call).as_deref() != Some("morgan") {
        return None;
    }
    let format = m.positional(call, 0).found()?;
    let text = m.text(format)?.to_lowercase();
    has(&text, FORMATS).then_some(format)
}

/// What is shown of an expression as it is: not its length, a part of it, or what a function makes of it.
fn leaves(context: &Context<'_>, id: Id, into: &mut Vec<Id>, fuel: u8) {
    let m = context.model;
    let Some(fuel) = fuel.checked_sub(1) else { return };
    match m.kind(id) {
        Kind::Name(_) | Kind::Member(..) | Kind::Index(..) => into.push(id),
        Kind::Template(parts) | Kind::List(parts) | Kind::Choice(parts) => {
            for part in parts {
                leaves(context, *part, into, fuel);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                leaves(context, entry.value, into, fuel);
            }
        }
        Kind::Binary(operator, left, right) if matches!(operator.as_str(), "+" | "%") => {
            leaves(context, *left, into, fuel);
            leaves(context, *right, into, fuel);
        }
        Kind::Call { callee, args } => {
            if context.library.sign(id).is_some() {
                into.push(id);
            } else if calls::shows_arguments(m, id) {
                for arg in args {
                    leaves(context, arg.value, into, fuel);
                }
            } else if let Kind::Member(object, name) = m.kind(*callee)
                && calls::SAME.contains(&name.as_str())
                && args.iter().all(|arg| m.text(arg.value).is_some())
            {
                leaves(context, *object, into, fuel);
            }
        }
        _ => {}
    }
}

/// What a value certainly is, as far as this file shows.
fn certain(context: &Context<'_>, leaf: Id, keys: &[Id]) -> Option<What> {
    if keys.iter().any(|key| is_same(context.model, *key, leaf)) {
        return Some(What::Secret);
    }
    (is_signed(context, leaf) || is_verified(context, leaf)).then_some(What::Token)
}

/// Whether all that it may come to, if it is anything, is a new token.
fn is_signed(context: &Context<'_>, leaf: Id) -> bool {
    let m = context.model;
    if let Kind::Name(name) = m.kind(leaf)
        && let Some((declared, _)) = m.declared(name, m.node(leaf).scope)
        && is_given_by_callback(context, name, declared)
    {
        return true;
    }
    let is_text = |id: Id| match m.language {
        // What is made first is not signed yet.
        Language::Go => m.callee_name(id) == Some("SignedString"),
        _ => context.library.sign(id).is_some(),
    };
    let is_none = |id: Id| m.is_null(id) || m.text(id).is_some_and(str::is_empty);
    let mut values = m.values(leaf);
    values.retain(|id| !is_none(*id));
    !values.is_empty() && values.into_iter().all(is_text)
}

/// `jwt.sign(claims, key, (error, token) => …)`
fn is_given_by_callback(context: &Context<'_>, name: &str, declared: ScopeId) -> bool {
    let m = context.model;
    let is_second = m
        .scope(declared)
        .and_then(|scope| scope.params.get(1))
        .is_some_and(|param| param.name == name);
    let is_callback = |arg: Id| matches!(m.kind(arg), Kind::Function(scope) if *scope == declared);
    is_second
        && m.language.is_script()
        && context
            .library
            .signs()
            .any(|sign| m.args(sign.call).iter().any(|arg| is_callback(arg.value)))
}

/// Whether a verifying call takes it as the token, and nothing else ever has its name.
fn is_verified(context: &Context<'_>, leaf: Id) -> bool {
    let m = context.model;
    let is_result = |one: &Binding| match one {
        Binding::Value(of) | Binding::Part(of, _) => {
            context.library.verify(*of).is_some() || context.library.decode(*of).is_some()
        }
        _ => false,
    };
    let is_overwritten = match m.kind(leaf) {
        Kind::Name(name) => m
            .declared(name, m.node(leaf).scope)
            .is_none_or(|(_, bindings)| bindings.iter().any(is_result)),
        _ => false,
    };
    !is_overwritten
        && context.library.verifies().any(|verify| {
            verify.token.found().is_some_and(|token| {
                let mut taken = Vec::new();
                leaves(context, token, &mut taken, FUEL);
                taken.into_iter().any(|one| {
                    is_same(m, one, leaf)
                        && (m.function_of(one) == m.function_of(leaf)
                            || matches!(m.kind(leaf), Kind::Name(_)))
                })
            })
        })
}

/// What this file signs or verifies with, where its name says that it is secret.
fn keys(context: &Context<'_>) -> Vec<Id> {
    let m = context.model;
    let signs = context.library.signs().filter_map(|sign| sign.key.found());
    let verifies = context.library.verifies().filter_map(|verify| verify.key.found());
    let made = context.library.keys().iter().copied();
    let mut found = Vec::new();
    for key in signs.chain(verifies).chain(made) {
        leaves(context, key, &mut found, FUEL);
    }
    found.retain(|key| {
        let name = match m.kind(*key) {
            Kind::Index(_, index) => m.text(*index),
            _ => m.last_name(*key),
        };
        let name = plain(name.unwrap_or_default());
        name.contains("secret") && !has(&name, &["public", "provider", "manager", "name", "or"])
    });
    found
}

/// Whether two expressions name one thing.
fn is_same(m: &Model, one: Id, other: Id) -> bool {
    match (m.kind(one), m.kind(other)) {
        (Kind::Name(name), Kind::Name(written)) => {
            let declared = |id: Id| m.declared(name, m.node(id).scope).map(|(scope, _)| scope);
            name == written
                && (m.is_self(one) && m.is_self(other) || declared(one) == declared(other))
        }
        (Kind::Member(object, name), Kind::Member(holder, written)) => {
            name == written && is_same(m, *object, *holder)
        }
        (Kind::Index(object, key), Kind::Index(holder, index)) => {
            m.text(*key).is_some_and(|key| m.text(*index) == Some(key))
                && is_same(m, *object, *holder)
        }
        _ => false,
    }
}

/// Whether the name alone says that it is one.
fn is_named(m: &Model, leaf: Id) -> bool {
    m.last_name(leaf).is_some_and(is_credential)
}

/// Whether what is logged was refused, as far as the code around says: no such token lets anybody in.
fn is_refused(context: &Context<'_>, call: Id) -> bool {
    let m = context.model;
    let is_handled = m.ancestors(call).any(|one| match m.kind(one) {
        Kind::Try { handlers, .. } => {
            handlers.iter().any(|handler| m.below(handler.body).any(|id| id == call))
        }
        _ => false,
    });
    is_handled
        || conditions(m, context.text, call).into_iter().any(|(condition, holds)| {
            let condition = condition.to_lowercase();
            !holds
                || condition.contains('!')
                || has(&condition, &["err", "not ", "invalid", "fail"])
        })
}
