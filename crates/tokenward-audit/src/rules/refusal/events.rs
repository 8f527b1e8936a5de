//! What a framework hands the error to, and what prints it.

use super::{is_answer, report, shows};
use crate::model::{Id, Kind};
use crate::rules::{Context, settings};

/// ASP.NET: `OnAuthenticationFailed = context => context.Response.WriteAsync(context.Exception.Message)`
pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let handlers: Vec<Id> = settings::all(m)
        .filter(|(name, value)| {
            *name == "OnAuthenticationFailed" && matches!(m.kind(*value), Kind::Function(_))
        })
        .map(|(_, value)| value)
        .collect();
    for handler in handlers {
        for call in m.below(handler).filter(|call| is_answer(m, *call)) {
            let is_shown = |value: Id| m.below(value).any(|id| is_exception_text(context, id));
            if let Some(arg) = m.args(call).iter().find(|arg| is_shown(arg.value)) {
                report(context, arg.value, true);
            }
        }
    }
}

/// `context.Exception.Message`, `context.Exception.ToString()`
fn is_exception_text(context: &Context<'_>, id: Id) -> bool {
    let m = context.model;
    matches!(m.kind(id), Kind::Member(object, text)
        if matches!(text.as_str(), "Message" | "ToString" | "StackTrace")
            && matches!(m.kind(*object), Kind::Member(_, name) if name == "Exception"))
}

/// PHP: `echo $e->getMessage();`, `exit($e->getMessage());`
pub(super) fn printed(context: &mut Context<'_>, body: Id, error: &str) {
    let m = context.model;
    let found: Vec<Id> = m
        .below(body)
        .filter(|id| {
            let source = context.source(*id);
            matches!(m.kind(*id), Kind::Other(_))
                && ["echo ", "print ", "exit("].iter().any(|word| source.starts_with(word))
                && shows(m, *id, error)
                // `echo json_encode(…)` is told of as an answer.
                && !m.below(*id).any(|call| is_answer(m, call))
        })
        .collect();
    for id in found {
        report(context, id, true);
    }
}
