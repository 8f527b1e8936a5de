//! One forged token, or one way to carry a good one.

use super::rules::Rule;

/// What is sent, and what it would be to accept it.
pub(super) struct Probe {
    pub(super) rule: &'static Rule,
    /// What was done, after "a token": `whose signature was changed`.
    pub(super) what: String,
    pub(super) sent: Sent,
    /// Whether it is longer than a server need take, which may refuse it for that, before it looks.
    pub(super) is_large: bool,
}

/// How a probe reaches the server.
pub(super) enum Sent {
    /// In the token's place.
    Token(String),
    /// As this parameter of the address, and nowhere else.
    Parameter(&'static str, String),
}

impl Probe {
    pub(super) fn token(rule: &'static Rule, what: impl Into<String>, token: String) -> Self {
        Self { rule, what: what.into(), sent: Sent::Token(token), is_large: false }
    }

    /// The same, of what is longer than a server need take.
    pub(super) fn large(self) -> Self {
        Self { is_large: true, ..self }
    }
}
