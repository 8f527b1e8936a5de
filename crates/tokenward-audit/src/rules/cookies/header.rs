//! A cookie that is written as text: `res.setHeader('Set-Cookie', `token=${token}; Path=/`)`.

use super::{Cookie, Place, carries_token};
use crate::model::{Entry, Id, Key, Kind, Lookup, Model};

/// What sets a header, its name first.
const SETS: [&str; 8] =
    ["setHeader", "header", "set", "append", "appendHeader", "add", "Set", "Add"];

pub(super) fn cookies(m: &Model) -> Vec<Cookie> {
    let written = m.ids().filter_map(|id| match m.kind(id) {
        Kind::Call { .. } if m.callee_name(id).is_some_and(|name| SETS.contains(&name)) => {
            m.positional(id, 0).found().filter(|name| is_set_cookie(m, *name))?;
            m.positional(id, 1).found()
        }
        Kind::Assign(target, value) => match m.kind(*target) {
            Kind::Index(_, name) if is_set_cookie(m, *name) => Some(*value),
            _ => None,
        },
        _ => None,
    });
    let members = m.ids().flat_map(|id| match m.kind(id) {
        Kind::Map(entries) => entries.as_slice(),
        _ => &[],
    });
    let members = members.filter(|entry| is_of_the_header(entry)).map(|entry| entry.value);
    let mut cookies = Vec::new();
    for value in written.chain(members) {
        let value = m.value(value);
        match m.kind(value) {
            Kind::List(items) => {
                cookies.extend(items.iter().filter_map(|item| cookie(m, m.value(*item))));
            }
            _ => cookies.extend(cookie(m, value)),
        }
    }
    cookies
}

fn is_set_cookie(m: &Model, name: Id) -> bool {
    m.text(name).is_some_and(|name| name.eq_ignore_ascii_case("set-cookie"))
}

fn is_of_the_header(entry: &Entry) -> bool {
    matches!(&entry.key, Key::Named(name) if name.eq_ignore_ascii_case("set-cookie"))
}

/// `token=${token}; Path=/; HttpOnly`: a name, a value out of the program, and flags that are all in sight.
fn cookie(m: &Model, text: Id) -> Option<Cookie> {
    let Kind::Template(parts) = m.kind(text) else { return None };
    let (name, rest) = parts.split_first()?;
    let (value, attributes) = rest.split_first()?;
    let name = m.text(*name)?.trim_start().strip_suffix('=')?;
    if name.contains(['=', ';']) || !carries_token(m, name, Lookup::Found(*value)) {
        return None;
    }
    let mut flags = String::new();
    for part in attributes {
        match m.text(*part) {
            Some(text) => flags.push_str(text),
            // What an attribute is set to. Anything else may be a flag.
            None if flags.ends_with('=') => {}
            None => return None,
        }
    }
    let flags = flags.to_ascii_lowercase();
    let has = |wanted: &str| flags.split(';').any(|flag| flag.trim() == wanted);
    if has("max-age=0") || flags.contains("01 jan 1970") || flags.contains("01-jan-1970") {
        return None;
    }
    let flag = |wanted| if has(wanted) { Lookup::Unknown } else { Lookup::Absent };
    Some(Cookie {
        call: text,
        http_only: flag("httponly"),
        secure: flag("secure"),
        place: Place::Fixed,
    })
}
