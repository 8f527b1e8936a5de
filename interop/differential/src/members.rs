//! A JSON object as it is written: names and values are text, so that anything can stand in it.

use serde_json::json;

/// The members of an object, in their order, each name and value as JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Vec<(String, String)>);

impl Members {
    /// Puts `value`, which is JSON, in the place of the member `name`, or at the end.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let name = quoted(name);
        match self.0.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((name, value.to_owned())),
        }
    }

    /// Adds a member at the end, whose name is JSON too.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Takes the member `name` out.
    pub(crate) fn remove(&mut self, name: &str) {
        let name = quoted(name);
        self.0.retain(|(other, _)| *other != name);
    }

    /// Writes the name of a member another way.
    pub(crate) fn respell(&mut self, name: &str, spelled: &str) {
        let name = quoted(name);
        for (other, _) in self.0.iter_mut().filter(|(other, _)| *other == name) {
            spelled.clone_into(other);
        }
    }

    /// The value of the member `name`, as JSON; `null` if there is none.
    #[must_use]
    pub(crate) fn get(&self, name: &str) -> String {
        let name = quoted(name);
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map_or_else(|| "null".to_owned(), |(_, value)| value.clone())
    }

    /// The members in their opposite order.
    pub(crate) fn reverse(&mut self) {
        self.0.reverse();
    }

    /// The members in the order of their names.
    pub(crate) fn sort(&mut self) {
        self.0.sort();
    }

    /// The object, with `space` between all tokens.
    #[must_use]
    pub(crate) fn written(&self, space: &str) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}{space}:{space}{value}")).collect();
        format!("{{{space}{}{space}}}", members.join(&format!("{space},{space}")))
    }
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// A JSON string of which every character is an escape.
pub(crate) fn escaped(text: &str) -> String {
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.concat())
}
