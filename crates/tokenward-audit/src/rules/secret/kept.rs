//! Where a program keeps its settings, and reads them from.

use crate::language::Language;
use crate::model::{Id, Kind, Model};

/// What is put into the same place of a configuration: `app.config["SECRET_KEY"] = …`.
pub(super) fn of(m: &Model, read: Id, key: &str) -> Option<Id> {
    let is_place = |id: Id| {
        id != read
            && matches!(m.kind(id), Kind::Index(object, at)
                if m.last_name(*object) == Some("config") && m.text(*at) == Some(key))
    };
    let mut all = m.ids().filter(|_| m.charge(1)).filter_map(|id| match m.kind(id) {
        Kind::Assign(target, value) if is_place(*target) => Some(*value),
        _ => None,
    });
    // Of several, which one holds is out of sight.
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Whether a setting is read by a `ConfigParser`. One that another file made is known by a method that nothing else of
/// that kind has.
pub(super) fn is_config_parser(m: &Model, get: Id) -> bool {
    if m.imports().any(|path| path.split('.').next() == Some("configparser")) {
        return true;
    }
    let receiver = |callee: Id| match m.kind(callee) {
        Kind::Member(object, _) => m.last_name(*object),
        _ => None,
    };
    let Some(parser) = receiver(get).filter(|_| m.language == Language::Python) else {
        return false;
    };
    m.charge(m.ids().count())
        && m.calls().any(|call| match m.kind(call) {
            Kind::Call { callee, .. } => {
                matches!(m.callee_name(call), Some("getboolean" | "has_option"))
                    && receiver(*callee) == Some(parser)
            }
            _ => false,
        })
}
