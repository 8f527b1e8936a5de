//! What two answers have in common: status, kind, place and shape, never their texts as such.

use std::collections::BTreeSet;

use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::Value;

use super::http::Answer;

/// More words say no more about what kind of answer it is.
const MAX_WORDS: usize = 2_000;
/// Longer ones, and those with digits, are ids and times, which change with each answer.
const MAX_WORD: usize = 24;
/// As deep as members of JSON count.
const DEPTH: usize = 3;

/// An answer, as far as it is compared with others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) status: u16,
    kind: String,
    place: String,
    marks: BTreeSet<String>,
}

impl Look {
    pub(super) fn of(answer: &Answer) -> Self {
        let text = |name| answer.header(name).unwrap_or_default();
        let place = text(&LOCATION).split(['?', '#']).next().unwrap_or_default();
        let kind = text(&CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
        let mut marks = BTreeSet::new();
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(value) => members(&value, "", DEPTH, &mut marks),
            Err(_) => words(&String::from_utf8_lossy(&answer.body), &mut marks),
        }
        Self { status: answer.status, kind: kind.to_lowercase(), place: place.to_owned(), marks }
    }

    /// From 0, nothing in common, to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if (self.status, &self.kind, &self.place) != (other.status, &other.kind, &other.place) {
            return 0.0;
        }
        let both = self.marks.intersection(&other.marks).count();
        let all = self.marks.union(&other.marks).count();
        let number = |count| u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from);
        if all == 0 { 1.0 } else { number(both) / number(all) }
    }
}

/// The names of members, and what is yes or no: texts and numbers differ from answer to answer.
fn members(value: &Value, path: &str, depth: usize, marks: &mut BTreeSet<String>) {
    if marks.len() >= MAX_WORDS {
        return;
    }
    match (value, depth.checked_sub(1)) {
        (Value::Object(object), Some(depth)) => {
            for (name, value) in object {
                members(value, &format!("{path}.{name}"), depth, marks);
            }
        }
        (Value::Array(list), Some(depth)) => {
            for value in list.iter().take(3) {
                members(value, &format!("{path}[]"), depth, marks);
            }
        }
        (Value::Bool(_) | Value::Null, _) => {
            marks.insert(format!("{path}={value}"));
        }
        _ => {
            marks.insert(path.to_owned());
        }
    }
}

fn words(text: &str, marks: &mut BTreeSet<String>) {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let steady = words.filter(|word| {
        !word.is_empty() && word.len() <= MAX_WORD && !word.chars().any(|c| c.is_ascii_digit())
    });
    marks.extend(steady.take(MAX_WORDS).map(str::to_lowercase));
}
