//! Which requests a good token is good for.
//!
//! **Invariant:** the first rule that is about a request decides; with none, the answer is no. So it is where
//! another rule would decide if letter case did not count.

use std::fmt;

use http::Method;
use tokenward::Audience;
use tokenward_tower::step_up::StepUp;

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
    /// Need a login that is so young, or so strong (RFC 9470).
    pub step_up: Option<StepUp>,
}

/// The rules of a gate, in their order.
#[derive(Clone, Debug)]
pub struct Rules(Option<Vec<Rule>>);

/// The rule about a request, by its number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'r> {
    NoRules,
    Rule(usize, &'r Rule),
    None,
}

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
        /// What is asked of the login.
        step_up: Option<StepUp>,
    },
    /// No rule is about it.
    NoRule,
    /// The path has no canonical form.
    Path(BadPath),
}

/// Why a rule is not about a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Miss {
    /// It is about other audiences.
    Audience,
    /// It is about other paths.
    Path,
    /// It is about the path, with other methods.
    Method,
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

    /// Why each rule up to the one that decides is not about a request for `target`, in their order: all of
    /// them, if none decides. Empty where the path has no canonical form, or where there are no rules.
    #[must_use]
    pub fn misses(&self, audience: &Audience, method: &Method, target: &str) -> Vec<Miss> {
        let (Some(rules), Ok(path)) = (&self.0, CanonicalPath::parse(target)) else {
            return Vec::new();
        };
        rules.iter().map_while(|rule| rule.miss(audience, method, &path)).collect()
    }

    /// Decides about a request for `target`, a path with or without a query.
    #[must_use]
    pub fn decide(&self, audience: &Audience, method: &Method, target: &str) -> Decision {
        match self.find(audience, method, target) {
            Ok(Found::NoRules) => Decision::AnyToken,
            Ok(Found::Rule(rule, found)) => {
                let (scopes, step_up) = (found.scopes.clone(), found.step_up.clone());
                Decision::Rule { rule, scopes, step_up }
            }
            Ok(Found::None) => Decision::NoRule,
            Err(error) => Decision::Path(error),
        }
    }

    /// As [`Self::decide`], with the rule itself.
    pub(super) fn find(
        &self,
        audience: &Audience,
        method: &Method,
        target: &str,
    ) -> Result<Found<'_>, BadPath> {
        let Some(rules) = &self.0 else { return Ok(Found::NoRules) };
        let path = CanonicalPath::parse(target)?;
        for (rule, number) in rules.iter().zip(1..) {
            match rule.miss(audience, method, &path) {
                None => return Ok(Found::Rule(number, rule)),
                // Whoever ignores letter case would have this rule decide, not one further down.
                Some(Miss::Path) if rule.is_meant(method, &path) => {
                    return Err(BadPath::LetterCase);
                }
                Some(_) => {}
            }
        }
        Ok(Found::None)
    }
}

impl Miss {
    /// The reason as a word: `audience`, `path` or `method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::Path => "path",
            Self::Method => "method",
        }
    }
}

impl Rule {
    fn miss(&self, audience: &Audience, method: &Method, path: &CanonicalPath) -> Option<Miss> {
        if !self.audiences.is_empty() && !self.audiences.contains(audience) {
            Some(Miss::Audience)
        } else if !self.paths.is_empty() && !self.paths.iter().any(|pattern| pattern.matches(path))
        {
            Some(Miss::Path)
        } else if self.names(method) {
            None
        } else {
            Some(Miss::Method)
        }
    }

    /// Whether a rule about the audience would be about the request if letter case did not count.
    fn is_meant(&self, method: &Method, path: &CanonicalPath) -> bool {
        self.names(method) && self.paths.iter().any(|pattern| pattern.matches_in_any_case(path))
    }

    fn names(&self, method: &Method) -> bool {
        let asked = if *method == Method::HEAD { &Method::GET } else { method };
        self.methods.is_empty()
            || self.methods.iter().any(|listed| listed == asked || listed == method)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyToken => f.write_str("there are no rules: any good token is let through"),
            Self::Rule { rule, scopes, step_up } => {
                write!(f, "rule {rule}: ")?;
                match scopes.as_slice() {
                    [] => f.write_str("any good token is let through")?,
                    scopes => write!(f, "a good token with the scopes {}", scopes.join(" "))?,
                }
                match step_up {
                    Some(step_up) => write!(f, "{step_up} of its login"),
                    None => Ok(()),
                }
            }
            Self::NoRule => f.write_str("no rule is about it: refused"),
            Self::Path(error) => write!(f, "the path {error}: refused"),
        }
    }
}
