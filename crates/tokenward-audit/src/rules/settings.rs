//! Settings: what is given to a name, a key or a keyword, wherever that stands.

use crate::model::{Id, Key, Kind, Model};

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
