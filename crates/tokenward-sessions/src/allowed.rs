//! The scopes that a service may ask for in a token of its own.

use tokenward::Scope;

#[cfg(test)]
mod tests;

/// What a service may ask for with `client_credentials` (RFC 6749 § 4.4): certain scopes, or any.
///
/// By default none, so that a service that nobody thought about gets tokens that allow nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AllowedScopes(Allowed);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Allowed {
    Only(Scope),
    Any,
}

impl Default for Allowed {
    fn default() -> Self {
        Self::Only(Scope::empty())
    }
}

/// The names are no allow-list of scopes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAllowedScopes {
    /// One of them is no scope (RFC 6749 § 3.3).
    #[error(
        "`{}` is no scope: one is visible ASCII without spaces, `\"` and `\\`; `*` alone is any",
        name.escape_debug()
    )]
    Name {
        /// The one.
        name: String,
    },
    /// `*` stands among others: one of the two is a mistake, and nobody but the operator knows which.
    #[error("`*` is any scope already: keep it alone, or keep the others")]
    AnyAmongOthers,
    /// They are too many to stand in a token together.
    #[error("the scopes are over {} bytes together", Scope::MAX_LEN)]
    TooLong,
}

impl AllowedScopes {
    /// The name that stands for any scope.
    pub const ANY: &'static str = "*";

    /// Any scope at all.
    #[must_use]
    pub const fn any() -> Self {
        Self(Allowed::Any)
    }

    /// Reads the names of an allow-list; `*` alone is any. A name given twice counts once.
    pub fn from_names<N: AsRef<str>>(
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, InvalidAllowedScopes> {
        let names: Vec<N> = names.into_iter().collect();
        let (any, rest): (Vec<&str>, Vec<&str>) =
            names.iter().map(AsRef::as_ref).partition(|name| *name == Self::ANY);
        match (any.is_empty(), rest.is_empty()) {
            (false, true) => return Ok(Self::any()),
            (false, false) => return Err(InvalidAllowedScopes::AnyAmongOthers),
            (true, _) => {}
        }
        if let Some(name) = rest.iter().find(|name| !is_one(name)) {
            return Err(InvalidAllowedScopes::Name { name: (*name).to_owned() });
        }
        let scope = Scope::parse(&rest.join(" ")).map_err(|_| InvalidAllowedScopes::TooLong)?;
        Ok(Self(Allowed::Only(scope)))
    }

    /// The names, as [`Self::from_names`] reads them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (any, only) = match &self.0 {
            Allowed::Any => (Some(Self::ANY), None),
            Allowed::Only(scope) => (None, Some(scope.iter())),
        };
        any.into_iter().chain(only.into_iter().flatten())
    }

    /// Whether every name of `scope` may be asked for.
    #[must_use]
    pub fn allow(&self, scope: &Scope) -> bool {
        match &self.0 {
            Allowed::Any => true,
            Allowed::Only(own) => scope.is_subset_of(own),
        }
    }

    /// Whether nothing may be asked for.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(&self.0, Allowed::Only(scope) if scope.is_empty())
    }
}

fn is_one(name: &str) -> bool {
    // A name that is only too long is not called malformed.
    let head = name.get(..Scope::MAX_LEN).unwrap_or(name);
    !name.is_empty() && !name.contains(' ') && Scope::parse(head).is_ok()
}
