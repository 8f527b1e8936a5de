//! Who calls a function of this file, and with what.

use crate::model::{Id, Kind, Model, ScopeId};
use crate::rules::Context;

/// The node that a function is.
pub(super) fn node_of(m: &Model, function: ScopeId) -> Option<Id> {
    m.ids().find(|id| matches!(m.kind(*id), Kind::Function(one) if *one == function))
}

/// The calls of a function, told by its name; a library's decode of the same name is none.
pub(super) fn of<'c>(context: &'c Context<'_>, function: ScopeId) -> impl Iterator<Item = Id> + 'c {
    let m = context.model;
    let name = m.scope(function).map(|scope| scope.name.as_str()).filter(|name| !name.is_empty());
    m.calls().filter(move |call| {
        name.is_some()
            && m.callee_name(*call) == name
            && context.library.decode(*call).is_none()
            && !m.is_within(m.function_of(*call), function)
    })
}

/// What a call hands to the parameter of this name.
pub(super) fn argument(m: &Model, call: Id, function: ScopeId, name: &str) -> Option<Id> {
    let params = &m.scope(function)?.params;
    let position =
        params.iter().filter(|one| !is_receiver(&one.name)).position(|one| one.name == name)?;
    m.argument(call, name, position).found()
}

fn is_receiver(name: &str) -> bool {
    matches!(name, "self" | "cls" | "this")
}
