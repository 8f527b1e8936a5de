//! What can be different about a token.

mod claims;
mod encoding;
mod header;
mod json;
mod random;
mod signature;
mod times;

use std::fmt;
use std::rc::Rc;

pub use random::any_change;

use crate::members::Members;
use crate::token::Context;

/// Changes a part of a token in place.
pub(crate) type InPlace<T> = Rc<dyn Fn(&mut T, &Context<'_>)>;

/// Signs.
pub(crate) type Sign = Rc<dyn Fn(&[u8], &Context<'_>) -> Vec<u8>>;

/// One step of a change, at one place.
#[derive(Clone)]
pub(crate) enum Edit {
    Header(InPlace<Members>),
    Payload(InPlace<Members>),
    /// White space between the tokens of the JSON.
    Space(String),
    HeaderText(InPlace<Vec<u8>>),
    PayloadText(InPlace<Vec<u8>>),
    HeaderPart(InPlace<String>),
    PayloadPart(InPlace<String>),
    Sign(Sign),
    Signature(InPlace<Vec<u8>>),
    SignaturePart(InPlace<String>),
    Token(InPlace<String>),
}

/// A named difference from a good token.
#[derive(Clone)]
pub struct Change {
    /// The row of the table that it counts in.
    pub kind: &'static str,
    /// Its own name, which exceptions use.
    pub name: String,
    pub(crate) edits: Vec<Edit>,
}

impl Change {
    pub(crate) fn new(kind: &'static str, name: impl fmt::Display, edit: Edit) -> Self {
        Self { kind, name: format!("{kind}: {name}"), edits: vec![edit] }
    }

    pub(crate) fn and(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }

    pub(crate) fn header(
        kind: &'static str,
        name: impl fmt::Display,
        edit: impl Fn(&mut Members, &Context<'_>) + 'static,
    ) -> Self {
        Self::new(kind, name, Edit::Header(Rc::new(edit)))
    }

    pub(crate) fn payload(
        kind: &'static str,
        name: impl fmt::Display,
        edit: impl Fn(&mut Members, &Context<'_>) + 'static,
    ) -> Self {
        Self::new(kind, name, Edit::Payload(Rc::new(edit)))
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The kind of change on which the `typ` wanted has a bearing.
pub const TYPES: &str = "header typ";

/// Every change that has a name.
#[must_use]
pub fn all() -> Vec<Change> {
    let content = [header::all(), json::all(), claims::all(), times::all(), encoding::all()];
    [content.concat(), of_algorithms()].concat()
}

/// The change with this name.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn named(name: &str) -> Change {
    let found = all().into_iter().find(|change| change.name == name);
    found.unwrap_or_else(|| panic!("no change is named {name:?}"))
}

/// Those of which every algorithm may make something else.
#[must_use]
pub fn of_algorithms() -> Vec<Change> {
    [header::alg(), signature::all()].concat()
}
