//! From where something stands to what stands there.

use super::{At, Off};
use crate::model::{Id, Kind, Lookup, Model};

/// A member of options that may not have been given.
pub(crate) fn option(m: &Model, options: Lookup, name: &str) -> Lookup {
    match options {
        Lookup::Found(map) => m.option(map, name),
        other => other,
    }
}

/// What stands there.
pub(super) fn at(m: &Model, call: Id, at: At) -> Lookup {
    match at {
        At::Nowhere => Lookup::Absent,
        At::Elsewhere => Lookup::Unknown,
        At::Arg(position) => m.positional(call, position),
        At::Keyword(name) => m.keyword(call, name),
        At::Named(names, position) => {
            let mut unknown = false;
            for name in names {
                match m.keyword(call, name) {
                    Lookup::Found(id) => return Lookup::Found(id),
                    Lookup::Unknown => unknown = true,
                    Lookup::Absent => {}
                }
            }
            match m.positional(call, position) {
                Lookup::Absent if unknown => Lookup::Unknown,
                other => other,
            }
        }
        At::In(map, names) => member(m, call, *map, names),
        At::ArgOf(inner, position) => match self::at(m, call, *inner) {
            Lookup::Found(id) => match m.kind(m.value(id)) {
                Kind::Call { .. } => m.positional(m.value(id), position),
                _ => Lookup::Unknown,
            },
            other => other,
        },
        At::Step(names, position) => step(m, call, names, position),
        At::StepOf(inner, names, position) => match self::at(m, call, *inner) {
            Lookup::Found(id) => match m.kind(m.value(id)) {
                Kind::Call { .. } => step(m, m.value(id), names, position),
                _ => Lookup::Unknown,
            },
            _ => Lookup::Unknown,
        },
        At::Root(position) => match root(m, call) {
            Some(root) => m.positional(root, position),
            None => Lookup::Unknown,
        },
        At::Base(position) => match chain(m, call).0.last() {
            Some(base) => m.positional(*base, position),
            None => Lookup::Unknown,
        },
    }
}

fn member(m: &Model, call: Id, map: At, names: &[&str]) -> Lookup {
    let mut options = at(m, call, map);
    if let Lookup::Found(id) = options
        && matches!(m.kind(id), Kind::Function(_))
    {
        options = Lookup::Absent;
    }
    let mut found = Lookup::Absent;
    for name in names {
        for one in [m.keyword(call, name), option(m, options, name)] {
            match one {
                Lookup::Found(_) => return one,
                Lookup::Unknown => found = one,
                Lookup::Absent => {}
            }
        }
    }
    found
}

/// Whether this is so.
pub(super) fn is_off(m: &Model, call: Id, off: Off) -> bool {
    match off {
        Off::Is(place, wanted) => m.said(at(m, call, place)) == Some(wanted),
        Off::Truthy(place) => at(m, call, place).found().is_some_and(|id| {
            matches!(m.kind(m.value(id)), Kind::Bool(true) | Kind::Text(_))
                || m.number(id).is_some_and(|number| number != 0.0)
                // `decode(token, key, algorithm)`: it stands where "do not verify" does.
                || m.last_name(id).is_some_and(|name| name.to_lowercase().contains("alg"))
        }),
        Off::Said(name) => m.args(call).iter().any(|arg| {
            let option = m.value(arg.value);
            m.callee_name(option) == Some(name) && m.said(m.positional(option, 0)) == Some(false)
        }),
        Off::Called(place, method) => {
            let Some(id) = at(m, call, place).found() else { return false };
            match m.kind(id) {
                Kind::Name(name) => method_on(m, id, name, &[method]).0.is_some(),
                _ => false,
            }
        }
    }
}

/// The flag that is all that switches a check off.
pub(super) fn switch(m: &Model, call: Id, off: &[Off]) -> Option<Id> {
    let mut active = off.iter().filter(|one| is_off(m, call, **one));
    match (active.next()?, active.next()) {
        (Off::Is(place, _) | Off::Truthy(place), None) => {
            at(m, call, *place).found().filter(|id| matches!(m.kind(*id), Kind::Bool(_)))
        }
        _ => None,
    }
}

/// As many steps as a chain may have.
const MAX_STEPS: usize = 64;

/// The calls of a chain, from its end, and the variable that it begins with, if it does with one.
///
/// `b.a().c()` is `c`, `a` and `b`. A variable that was given a chain, and nothing else, is followed.
pub(super) fn chain(m: &Model, call: Id) -> (Vec<Id>, Vec<Id>) {
    let (mut steps, mut variables) = (Vec::new(), Vec::new());
    let mut at = call;
    while steps.len() < MAX_STEPS && variables.len() < MAX_STEPS {
        at = match m.kind(at) {
            Kind::Call { callee, .. } => {
                steps.push(at);
                match m.kind(*callee) {
                    Kind::Member(object, _) => *object,
                    _ => break,
                }
            }
            Kind::Name(_) => {
                let value = m.value(at);
                if value != at || m.is_parameter(at) {
                    variables.push(at);
                }
                if value == at {
                    break;
                }
                value
            }
            _ => break,
        };
    }
    (steps, variables)
}

/// The argument of a step of a chain, or of one that is called on the chain's variable by itself.
fn step(m: &Model, call: Id, names: &[&str], position: usize) -> Lookup {
    let (steps, variables) = chain(m, call);
    let found =
        steps.iter().find(|step| m.callee_name(**step).is_some_and(|name| names.contains(&name)));
    if let Some(step) = found {
        return m.positional(*step, position);
    }
    for variable in variables {
        let Kind::Name(name) = m.kind(variable) else { continue };
        let (found, escapes) = method_on(m, variable, name, names);
        if let Some(step) = found {
            return m.positional(step, position);
        }
        if escapes || m.is_parameter(variable) {
            return Lookup::Unknown;
        }
    }
    Lookup::Absent
}

/// A call of one of these methods on a variable, or further along a chain that begins there; and whether the
/// variable is handed to something else, which may call it.
fn method_on(m: &Model, at: Id, name: &str, methods: &[&str]) -> (Option<Id>, bool) {
    let Some((declared, _)) = m.declared(name, m.node(at).scope) else { return (None, true) };
    let mut escapes = false;
    for one in m.uses(name, declared) {
        let mut below = one;
        for above in m.ancestors(one) {
            match m.kind(above) {
                Kind::Member(object, _) if *object == below => {}
                Kind::Call { callee, .. } if *callee == below => {
                    if m.callee_name(above).is_some_and(|name| methods.contains(&name)) {
                        return (Some(above), escapes);
                    }
                }
                Kind::Call { .. } if below == one => {
                    escapes = true;
                    break;
                }
                _ => break,
            }
            below = above;
        }
    }
    (None, escapes)
}

/// The call that a chain of methods begins with; `None` where a variable is in between, on which more may be
/// called elsewhere.
fn root(m: &Model, call: Id) -> Option<Id> {
    let (steps, variables) = chain(m, call);
    if variables.is_empty() { steps.last().copied() } else { None }
}

/// The steps of builders that name a claim.
const CLAIM: [&str; 6] =
    ["claim", "withClaim", "addClaim", "WithClaim", "AddClaim", "withArrayClaim"];

/// What a chain says, claim by claim: `.withClaim("role", role)`.
pub(crate) fn chain_claims(m: &Model, call: Id) -> Vec<(String, Id)> {
    let (steps, _) = chain(m, call);
    steps
        .into_iter()
        .filter(|step| m.callee_name(*step).is_some_and(|name| CLAIM.contains(&name)))
        .filter_map(|step| {
            let name = m.positional(step, 0).found().and_then(|name| m.text(name))?.to_owned();
            Some((name, m.positional(step, 1).found()?))
        })
        .collect()
}

/// What a function answers.
pub(crate) fn returned(m: &Model, function: Id) -> Vec<Id> {
    let function = m.value(function);
    let Kind::Function(scope) = m.kind(function) else { return Vec::new() };
    m.below(function)
        .filter_map(|id| match m.kind(id) {
            Kind::Return(value) if m.node(id).scope == *scope => *value,
            _ => None,
        })
        .collect()
}

/// Whether a function answers yes, whatever it is asked.
pub(crate) fn says_yes(m: &Model, function: Id) -> bool {
    let answers = returned(m, function);
    !answers.is_empty() && answers.iter().all(|answer| m.bool(*answer) == Some(true))
}
