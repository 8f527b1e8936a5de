//! Whether claims decide who a caller is, or what the caller may do: looked up, compared, kept as the user, answered by
//! what authenticates. What is only told, counted or shown decides nothing.

use std::collections::BTreeSet;

use super::reads::{self, Reads};
use super::{callers, origin};
use crate::model::{Id, Kind, Model};
use crate::rules::Context;
use crate::rules::names::has;

mod words;

pub(super) use words::ROLES;
use words::{COMPARES, HANDS_ON, IDENTITY, QUIET, REQUESTS, SHAPES, SHOWS, USERS};

const FUEL: u8 = 12;

/// Whether it is seen that the claims decide.
pub(super) fn who(context: &Context<'_>, reads: &Reads) -> bool {
    let mut walk = Walk { context, seen: BTreeSet::new() };
    walk.any(reads, FUEL)
}

/// Whether whatever becomes of the claims is that they are told: `debug("login", decode(token))`.
pub(super) fn only_told(context: &Context<'_>, reads: &Reads) -> bool {
    let m = context.model;
    let mut is_told = false;
    reads.places.iter().all(|(id, _)| {
        let mut below = *id;
        for above in m.ancestors(*id) {
            match m.kind(above) {
                Kind::Map(_) | Kind::List(_) | Kind::Template(_) | Kind::Choice(_) => {}
                // Steps on the way, whose ends are places themselves.
                Kind::Member(..) | Kind::Index(..) | Kind::Assign(..) => return true,
                Kind::Call { callee, .. } if *callee != below && is_quiet(context, above) => {
                    is_told = true;
                    return true;
                }
                Kind::Call { .. } if is_shape(m, above) => {}
                _ => return false,
            }
            below = above;
        }
        false
    }) && is_told
}

struct Walk<'c, 'm> {
    context: &'c Context<'m>,
    seen: BTreeSet<(Id, bool)>,
}

impl Walk<'_, '_> {
    fn any(&mut self, reads: &Reads, fuel: u8) -> bool {
        reads.places.iter().any(|(id, name)| {
            let is_strong = IDENTITY.contains(&name.as_str()) || ROLES.contains(&name.as_str());
            ROLES.contains(&name.as_str()) && is_condition(self.context.model, *id)
                || self.acts(*id, is_strong, fuel)
        })
    }

    /// Whether what a value is used for decides; a claim that names somebody does so wherever it is handed to,
    /// anything else only where a user is kept or found.
    fn acts(&mut self, value: Id, is_strong: bool, fuel: u8) -> bool {
        let m = self.context.model;
        let Some(fuel) = fuel.checked_sub(1) else { return false };
        let Some(parent) = m.node(value).parent.filter(|_| self.seen.insert((value, is_strong)))
        else {
            return false;
        };
        match m.kind(parent) {
            Kind::Member(object, name) if *object == value => {
                self.member(parent, name, is_strong, fuel)
            }
            // `users[claims["sub"]]`
            Kind::Index(_, key) if *key == value => is_strong,
            Kind::Index(object, key) if *object == value => {
                let is_read = !is_strong && matches!(m.kind(m.value(*key)), Kind::Text(_));
                !is_read && self.acts(parent, is_strong, fuel)
            }
            Kind::Assign(target, assigned) if *assigned == value => {
                self.assigned(*target, is_strong, fuel)
            }
            Kind::Return(_) => self.returned(value, is_strong, fuel),
            Kind::Choice(_) | Kind::Template(_) | Kind::List(_) => {
                self.acts(parent, is_strong, fuel)
            }
            Kind::Map(entries) => {
                let key = entries.iter().find(|entry| entry.value == value).map(|entry| &entry.key);
                let names_user = matches!(key, Some(crate::model::Key::Named(name))
                    if has(&name.to_lowercase(), &USERS));
                self.acts(parent, is_strong || names_user, fuel)
            }
            Kind::Binary(operator, left, right) => {
                let other = if *left == value { *right } else { *left };
                match operator.as_str() {
                    "&&" | "||" | "and" | "or" | "??" | "+" => self.acts(parent, is_strong, fuel),
                    _ => is_strong && !is_nothing(m, other),
                }
            }
            Kind::Call { callee, .. } if *callee != value => {
                self.handed(parent, value, is_strong, fuel)
            }
            // `email, err := token.Get("email")`
            Kind::Other(_) => {
                let names = m.names_of_parts(|of| of == value);
                names.into_iter().any(|(_, name, declared)| {
                    let uses: Vec<Id> = m.uses(name, declared).collect();
                    uses.into_iter().any(|one| self.acts(one, is_strong, fuel))
                })
            }
            _ => false,
        }
    }

    /// `claims.sub.startsWith("admin-")`, `claims.email.toLowerCase()`, `claims.realm_access.roles`
    fn member(&mut self, member: Id, name: &str, is_strong: bool, fuel: u8) -> bool {
        let m = self.context.model;
        let call = m
            .node(member)
            .parent
            .filter(|call| matches!(m.kind(*call), Kind::Call { callee, .. } if *callee == member));
        match call {
            Some(_) if is_strong && COMPARES.contains(&name) => true,
            Some(call) => is_strong && self.acts(call, is_strong, fuel),
            None => is_strong && self.acts(member, is_strong, fuel),
        }
    }

    fn assigned(&mut self, target: Id, is_strong: bool, fuel: u8) -> bool {
        let m = self.context.model;
        match m.kind(target) {
            Kind::Name(name) => {
                let Some((declared, _)) = m.declared(name, m.node(target).scope) else {
                    return false;
                };
                let uses: Vec<Id> = m.uses(name, declared).filter(|one| *one > target).collect();
                uses.into_iter().any(|one| self.acts(one, is_strong, fuel))
            }
            Kind::Member(..) | Kind::Index(..) => {
                let text = self.context.source(target).to_lowercase();
                let of_request = REQUESTS.iter().any(|start| text.contains(start));
                of_request && (is_strong || has(&text, &USERS))
                    || has(&text, &["req.user", ".user =", "current_user", "principal"])
            }
            _ => false,
        }
    }

    /// What a function answers is what its callers do with it; where none is in sight, what its name says.
    fn returned(&mut self, value: Id, is_strong: bool, fuel: u8) -> bool {
        let m = self.context.model;
        let function = m.named_function(value).map(|id| m.kind(id));
        let Some(Kind::Function(function)) = function else { return false };
        let calls: Vec<Id> = callers::of(self.context, *function).collect();
        if calls.is_empty() {
            let name =
                m.scope(*function).map(|scope| scope.name.to_lowercase()).unwrap_or_default();
            return is_strong && !has(&name, &QUIET) || origin::answers_user(&name);
        }
        calls.into_iter().any(|call| self.goes_on(call, is_strong, fuel))
    }

    /// Whether what a value is used for decides, where all of the claims may be read from it as well.
    fn goes_on(&mut self, value: Id, is_strong: bool, fuel: u8) -> bool {
        if is_strong {
            return self.acts(value, is_strong, fuel);
        }
        let Some(fuel) = fuel.checked_sub(2) else { return false };
        let reads = reads::of_value(self.context.model, value);
        self.any(&reads, fuel)
    }

    fn handed(&mut self, call: Id, value: Id, is_strong: bool, fuel: u8) -> bool {
        let m = self.context.model;
        let name = m.callee_name(call).unwrap_or_default();
        if HANDS_ON.contains(&name) {
            return self.returned(call, is_strong, fuel) || is_strong;
        }
        if is_quiet(self.context, call) || is_shown(self.context, call) {
            return false;
        }
        if is_shape(m, call) {
            return self.goes_on(call, is_strong, fuel);
        }
        if let Some(function) = m.helper(call) {
            return self.inside(call, function, value, is_strong, fuel)
                || self.acts(call, is_strong, fuel);
        }
        let callee = self.callee(call);
        is_strong || has(&callee, &USERS) || self.acts(call, is_strong, fuel)
    }

    /// What a function of this file does with what it is given.
    fn inside(
        &mut self,
        call: Id,
        function: crate::model::ScopeId,
        value: Id,
        is_strong: bool,
        fuel: u8,
    ) -> bool {
        let m = self.context.model;
        let Some(scope) = m.scope(function) else { return false };
        let names: Vec<&str> = scope
            .params
            .iter()
            .map(|param| param.name.as_str())
            .filter(|name| callers::argument(m, call, function, name) == Some(value))
            .collect();
        names.into_iter().any(|name| {
            let uses: Vec<Id> = m.uses(name, function).collect();
            uses.into_iter().any(|one| self.goes_on(one, is_strong, fuel))
        })
    }

    fn callee(&self, call: Id) -> String {
        callee(self.context, call)
    }
}

fn callee(context: &Context<'_>, call: Id) -> String {
    match context.model.kind(call) {
        Kind::Call { callee, .. } => context.source(*callee).to_lowercase(),
        _ => String::new(),
    }
}

fn is_quiet(context: &Context<'_>, call: Id) -> bool {
    has(&callee(context, call), &QUIET)
}

fn is_shown(context: &Context<'_>, call: Id) -> bool {
    has(&callee(context, call), &SHOWS)
}

fn is_shape(m: &Model, call: Id) -> bool {
    m.callee_name(call).is_some_and(|name| SHAPES.contains(&name))
}

/// `if claims.is_admin`, `if (!claims.isAdmin)`
fn is_condition(m: &Model, id: Id) -> bool {
    let parent = m.node(id).parent;
    let is_branch = |id: Option<Id>| id.is_some_and(|id| matches!(m.kind(id), Kind::Branch));
    is_branch(parent)
        || parent.is_some_and(|one| matches!(m.kind(one), Kind::Other(parts) if parts.len() == 1))
            && is_branch(parent.and_then(|one| m.node(one).parent))
}

/// Held against nothing, a claim is only asked whether it is there.
fn is_nothing(m: &Model, id: Id) -> bool {
    m.is_null(id)
        || m.text(id).is_some_and(str::is_empty)
        || matches!(m.kind(id), Kind::Name(name) if name == "undefined")
}
