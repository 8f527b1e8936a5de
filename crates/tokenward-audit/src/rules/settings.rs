//! Settings: what is given to a name, a key or a keyword, wherever that stands.

use super::Context;
use crate::model::{Id, Key, Kind, Model, ScopeKind};

/// Each name that is given a value, with the value: `X = 1`, `config["X"] = 1`, `{"X": 1}`, `f(X=1)`.
pub(super) fn all(m: &Model) -> impl Iterator<Item = (&str, Id)> {
    m.ids().flat_map(move |id| {
        let mut found: Vec<(&str, Id)> = Vec::new();
        match m.kind(id) {
            Kind::Assign(target, value) => match m.kind(*target) {
                Kind::Name(name) | Kind::Member(_, name) => found.push((name, *value)),
                Kind::Index(_, key) => {
                    if let Kind::Text(name) = m.kind(*key) {
                        found.push((name, *value));
                    }
                }
                // `config.x = 1` in Ruby.
                Kind::Call { callee, args } if args.is_empty() => {
                    if let Kind::Member(_, name) = m.kind(*callee) {
                        found.push((name, *value));
                    }
                }
                _ => {}
            },
            Kind::Map(entries) => {
                for entry in entries {
                    if let Key::Named(name) = &entry.key {
                        found.push((name, entry.value));
                    }
                }
            }
            Kind::Call { args, .. } => {
                for arg in args {
                    if let Some(name) = &arg.name {
                        found.push((name, arg.value));
                    }
                }
            }
            _ => {}
        }
        found
    })
}

/// `class Settings(BaseSettings): jwt_secret: str = "…"`: what the environment says takes its place.
pub(super) fn is_read_from_outside(context: &Context<'_>, at: Id) -> bool {
    let m = context.model;
    let is_class = m.scope(m.node(at).scope).is_some_and(|scope| scope.kind == ScopeKind::Class);
    let before = context.text.get(..m.node(at).span.start).unwrap_or_default();
    let head = before.rfind("class ").and_then(|at| before.get(at..)).unwrap_or_default();
    is_class && head.lines().next().is_some_and(|line| line.contains("Settings)"))
}
