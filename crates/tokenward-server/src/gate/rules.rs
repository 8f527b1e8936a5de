//! Which requests a good token is good for.
//!
//! **Invariant:** the first rule that is about a request decides; with none, the answer is no.

use std::fmt;

use http::Method;
use tokenward::Audience;

use super::path::{BadPath, CanonicalPath, PathPattern};

#[cfg(test)]
mod tests;

/// What some requests need. An empty list is no limit, but for [`Rule::scopes`], where it asks for none.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes a rule decides on every field")]
pub struct Rule {
    /// Requests to these audiences.
    pub audiences: Vec<Audience>,
    /// With these methods; `GET` speaks for `HEAD` too.
    pub methods: Vec<Method>,
    /// To these paths.
    pub paths: Vec<PathPattern>,
    /// Need a token with all of these scopes.
    pub scopes: Vec<String>,
}

/// The rules of a gate, in their order.
#[derive(Clone, Debug)]
pub struct Rules(Option<Vec<Rule>>);

/// What the rules say about a request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// Any good token of the audience will do.
    AnyToken,
    /// Rule `rule` (counted from 1) is about it; the token needs all of `scopes`.
    Rule {
        /// Its number.
        rule: usize,
        /// The scopes.
        scopes: Vec<String>,
    },
    /// No rule is about it.
    NoRule,
    /// The path has no canonical form.
    Path(BadPath),
}

impl Rules {
    /// No rules at all: every good token of the audience is good for every request, and paths are
    /// nobody's business.
    #[must_use]
    pub const fn any_token() -> Self {
        Self(None)
    }

    /// These rules; what none of them is about is refused.
    #[must_use]
    pub const fn new(rules: Vec<Rule>) -> Self {
        Self(Some(rules))
    }

    /// Decides about a request for `target`, a path with or without a query.
    #[must_use]
    pub fn decide(&self, audience: &Audience, method: &Method, target: &str) -> Decision {
        let Some(rules) = &self.0 else { return Decision::AnyToken };
        let path = match CanonicalPath::parse(target) {
            Ok(path) => path,
            Err(error) => return Decision::Path(error),
        };
        let found = rules.iter().zip(1..).find(|(rule, _)| rule.is_about(audience, method, &path));
        found.map_or(Decision::NoRule, |(rule, number)| Decision::Rule {
            rule: number,
            scopes: rule.scopes.clone(),
        })
    }
}

impl Rule {
    fn is_about(&self, audience: &Audience, method: &Method, path: &CanonicalPath) -> bool {
        let asked = if *method == Method::HEAD { &Method::GET } else { method };
        (self.audiences.is_empty() || self.audiences.contains(audience))
            && (self.methods.is_empty()
                || self.methods.iter().any(|listed| listed == asked || listed == method))
            && (self.paths.is_empty() || self.paths.iter().any(|pattern| pattern.matches(path)))
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyToken => f.write_str("there are no rules: any good token is let through"),
            Self::Rule { rule, scopes } if scopes.is_empty() => {
                write!(f, "rule {rule}: any good token is let through")
            }
            Self::Rule { rule, scopes } => {
                write!(f, "rule {rule}: a good token with the scopes {}", scopes.join(" "))
            }
            Self::NoRule => f.write_str("no rule is about it: refused"),
            Self::Path(error) => write!(f, "the path {error}: refused"),
        }
    }
}
