//! Reports: for people, for programs, for code-scanning views.

use std::time::Duration;

use crate::code::Audit;

pub mod grades;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod patch;
pub mod sarif;
#[cfg(test)]
mod tests;
pub mod text;

/// An audit, ready to be shown.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever shows an audit knows how long it took")]
pub struct Report<'a> {
    /// What was found.
    pub audit: &'a Audit,
    /// How long it took.
    pub took: Duration,
}

/// How much was looked at: `3 files`, or `225 requests` of a running service.
fn extent(audit: &Audit) -> String {
    match (audit.requests, audit.files) {
        (0, 1) => "1 file".to_owned(),
        (0, files) => format!("{files} files"),
        (requests, _) => format!("{requests} requests"),
    }
}
