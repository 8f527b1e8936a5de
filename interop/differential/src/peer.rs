//! The verifiers of others.

mod calm;
mod child;
mod josekit;
mod jsonwebtoken;
mod jwt_simple;

pub(crate) use calm::calmly;

use crate::question::Question;

/// What a verifier says of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It is good, and speaks for this subject.
    Accepted(String),
    /// It is not, for this reason.
    Refused(String),
}

impl Answer {
    /// Whether it was accepted.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    fn from_result(result: Result<Option<String>, String>) -> Self {
        match result {
            Ok(subject) => Self::Accepted(subject.unwrap_or_default()),
            Err(reason) => Self::Refused(reason),
        }
    }
}

/// A verifier that somebody else wrote.
pub trait Peer {
    /// The name that the table and the exceptions call it by.
    fn name(&self) -> &'static str;

    /// Lets a peer that works elsewhere begin, so that the others need not wait for it.
    fn begin(&mut self, _question: &Question<'_>) {}

    /// Its verdict on the question that was begun, under a policy as equal to ours as its options
    /// allow.
    fn finish(&mut self, question: &Question<'_>) -> Answer;

    /// Its verdict.
    fn verify(&mut self, question: &Question<'_>) -> Answer {
        self.begin(question);
        self.finish(question)
    }
}

/// All of them, in the order of the table.
#[must_use]
pub fn all() -> Vec<Box<dyn Peer>> {
    vec![
        Box::new(jsonwebtoken::JsonWebToken),
        Box::new(josekit::Josekit),
        Box::new(jwt_simple::JwtSimple),
        Box::new(child::pyjwt()),
        Box::new(child::jose()),
    ]
}
