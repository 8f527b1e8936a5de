//! Users that go into a token as they are in the store.

use super::plain;
use crate::model::{Id, Key, Kind, Lookup, Model};

const USERS: [&str; 8] =
    ["user", "account", "member", "customer", "dbuser", "founduser", "existinguser", "userdoc"];
const DUMPS: [&str; 13] = [
    "vars",
    "as_json",
    "attributes",
    "toArray",
    "to_h",
    "toJSON",
    "toObject",
    "to_dict",
    "model_to_dict",
    "dict",
    "model_dump",
    "to_json",
    "asdict",
];

/// The place where a user goes in whole: `sign(user)`, `{ ...user }`, `user.toJSON()`.
pub(super) fn whole_user(m: &Model, payload: Id) -> Option<Id> {
    match m.kind(payload) {
        // Python: `user.__dict__`
        Kind::Member(object, name) if name == "__dict__" => is_user(m, *object).then_some(payload),
        Kind::Call { callee, args } => {
            let name = m.callee_name(payload)?;
            let object = match m.kind(*callee) {
                Kind::Member(object, _) => Some(*object),
                _ => args.first().map(|arg| arg.value),
            };
            let is_user = object.is_some_and(|object| is_user(m, object));
            (DUMPS.contains(&name) && is_user).then_some(payload)
        }
        Kind::Map(entries) => entries
            .iter()
            .find(|entry| match entry.key {
                Key::Spread => is_user_name(m, entry.value) || whole_user(m, entry.value).is_some(),
                _ => is_user(m, entry.value) && is_looked_up(m, m.value(entry.value)),
            })
            .map(|entry| entry.value),
        Kind::Name(_) => is_user_name(m, payload).then_some(payload),
        _ => None,
    }
}

fn is_user(m: &Model, id: Id) -> bool {
    m.last_name(id).is_some_and(|name| USERS.contains(&plain(name).as_str()))
}

/// A variable called `user` that is not a literal of harmless claims.
fn is_user_name(m: &Model, id: Id) -> bool {
    is_user(m, id)
        && match m.kind(m.value(id)) {
            // What was found in a database is whole; a parameter may be anything.
            Kind::Call { .. } => true,
            _ => false,
        }
}

/// What asks a store for one record, by how its name begins.
const LOOK_UPS: [&str; 6] =
    ["findone", "findbyid", "findbypk", "findunique", "findfirst", "findbyemail"];

/// `await User.findOne(…)`, where nothing says which of its members are wanted.
fn is_looked_up(m: &Model, value: Id) -> bool {
    let mut at = value;
    for _ in 0..8 {
        let Kind::Call { callee, .. } = m.kind(at) else { return false };
        let Kind::Member(object, name) = m.kind(*callee) else { return false };
        let name = plain(name);
        if LOOK_UPS.iter().any(|start| name.starts_with(start)) {
            // Which members are wanted stands in a second argument, or among the options.
            let [wanted] = m.args(at) else { return false };
            let options = m.value(wanted.value);
            let is_whole = |name: &str| m.entry(options, name) == Lookup::Absent;
            return !matches!(m.kind(options), Kind::Map(_))
                || ["select", "attributes", "projection", "omit"]
                    .iter()
                    .all(|name| is_whole(name));
        }
        // `.populate(…)`, `.lean()`, `.exec()` give the same record.
        if !matches!(name.as_str(), "populate" | "lean" | "exec") {
            return false;
        }
        at = *object;
    }
    false
}
