//! What becomes of a cookie after it is made: steps of a chain, and methods and fields of its variable.

use crate::model::{Id, Kind, Lookup, Model, ScopeId};

/// Longer chains are not written by hand.
const MAX_STEPS: usize = 64;

/// A cookie, or what builds one, from the call that begins it.
pub(super) struct Made<'m> {
    m: &'m Model,
    /// The calls of its chain: `from(…)`, `.httpOnly(true)`, `.build()`.
    steps: Vec<Id>,
    variable: Option<(String, ScopeId)>,
}

impl<'m> Made<'m> {
    pub(super) fn by(m: &'m Model, first: Id) -> Self {
        let mut steps = vec![first];
        steps.extend(after(m, first));
        let last = steps.last().copied().unwrap_or(first);
        Self { m, steps, variable: variable(m, last) }
    }

    /// Whether its chain has a step of one of these names.
    pub(super) fn has_step(&self, names: &[&str]) -> bool {
        self.step(names).is_some()
    }

    /// What a flag or another part of it was given: by a step or a method of one of these names, or by a field.
    pub(super) fn given(&self, names: &[&str]) -> Lookup {
        if let Some(step) = self.step(names) {
            return self.m.positional(step, 0);
        }
        let mut found = self.applied(names).map_or(Lookup::Absent, Lookup::Found);
        for used in self.uses() {
            let Some(value) = self.given_at(used, names) else { continue };
            let is_certain =
                self.steps.first().is_some_and(|first| !self.m.is_conditional(value, *first));
            match Lookup::Found(value) {
                value if is_certain => found = value,
                _ => return Lookup::Unknown,
            }
        }
        found
    }

    /// Whether it goes to one of these calls, and nowhere else where more might be set on it.
    pub(super) fn goes_to(&self, sinks: &[&str]) -> bool {
        let ends: Vec<Id> = match &self.variable {
            Some(_) => self.uses().collect(),
            None => self.steps.last().copied().into_iter().collect(),
        };
        let mut arrives = false;
        for end in ends {
            match self.m.node(end).parent.map(|parent| (parent, self.m.kind(parent))) {
                Some((call, Kind::Call { args, .. }))
                    if args.iter().any(|arg| arg.value == end) =>
                {
                    let is_sink =
                        self.m.callee_name(call).is_some_and(|name| sinks.contains(&name));
                    if !is_sink {
                        return false;
                    }
                    arrives = true;
                }
                Some((_, Kind::Return(_) | Kind::Map(_) | Kind::List(_))) => return false,
                _ => {}
            }
        }
        arrives
    }

    fn step(&self, names: &[&str]) -> Option<Id> {
        let is_named =
            |call: &&Id| self.m.callee_name(**call).is_some_and(|one| names.contains(&one));
        self.steps.iter().skip(1).rev().find(is_named).copied()
    }

    /// `.apply { isHttpOnly = true }`, `.also { it.isHttpOnly = true }`
    fn applied(&self, names: &[&str]) -> Option<Id> {
        let block = self.step(&["apply", "also"])?;
        self.m.below(block).find_map(|id| match self.m.kind(id) {
            Kind::Assign(target, value) => {
                let name = self.m.last_name(*target)?;
                names.contains(&name).then_some(*value)
            }
            _ => None,
        })
    }

    fn uses(&self) -> impl Iterator<Item = Id> {
        self.variable.iter().flat_map(|(name, scope)| self.m.uses(name, *scope))
    }

    /// `used.name(value)`, also further on in a chain, and `used.name = value`.
    fn given_at(&self, used: Id, names: &[&str]) -> Option<Id> {
        let is_named =
            |call: &Id| self.m.callee_name(*call).is_some_and(|one| names.contains(&one));
        if let Some(call) = after(self.m, used).into_iter().find(is_named) {
            return self.m.positional(call, 0).found();
        }
        let field = self.m.node(used).parent?;
        match (self.m.kind(field), self.m.kind(self.m.node(field).parent?)) {
            (Kind::Member(object, name), Kind::Assign(target, value)) => {
                (*object == used && *target == field && names.contains(&name.as_str()))
                    .then_some(*value)
            }
            _ => None,
        }
    }
}

/// The calls of methods on something, each on what the one before answers.
fn after(m: &Model, first: Id) -> Vec<Id> {
    let mut calls = Vec::new();
    let mut at = first;
    while calls.len() < MAX_STEPS {
        let Some(method) = m.node(at).parent else { break };
        if !matches!(m.kind(method), Kind::Member(object, _) if *object == at) {
            break;
        }
        let Some(call) = m.node(method).parent else { break };
        if !matches!(m.kind(call), Kind::Call { callee, .. } if *callee == method) {
            break;
        }
        calls.push(call);
        at = call;
    }
    calls
}

/// The variable that something is given to.
fn variable(m: &Model, value: Id) -> Option<(String, ScopeId)> {
    let Kind::Assign(target, given) = m.kind(m.node(value).parent?) else { return None };
    let Kind::Name(name) = m.kind(*target) else { return None };
    let (scope, _) = m.declared(name, m.node(*target).scope)?;
    (*given == value).then(|| (name.clone(), scope))
}
