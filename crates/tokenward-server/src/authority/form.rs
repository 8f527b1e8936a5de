//! A form body (`application/x-www-form-urlencoded`), as the OAuth endpoints take it, and the query of the few calls
//! that have one.
//!
//! **Invariants:** a parameter that stands twice is refused (RFC 6749 § 3.2), one without a value counts as absent
//! (§ 3.1). In a body, unknown ones are ignored (§ 3.2), and nothing is read from the query; in a query of ours, unknown
//! ones are refused.

use std::collections::BTreeMap;

use http::Uri;

use super::error::ApiError;
use super::json::invalid;

#[cfg(test)]
mod tests;

/// The parameters of a form.
///
/// `Debug` shows names alone: a value may be a secret.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// The most parameters that any request of ours needs, with room to spare.
    const MAX_PARAMETERS: usize = 64;

    /// Reads `body`.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let Self(mut parameters) = Self::whole(body)?;
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// As [`Self::parse`], with the parameters that are empty.
    fn whole(body: &[u8]) -> Result<Self, ApiError> {
        let mut parameters = BTreeMap::new();
        for (count, (name, value)) in form_urlencoded::parse(body).enumerate() {
            if count >= Self::MAX_PARAMETERS {
                return Err(ApiError::invalid_request("there are too many parameters"));
            }
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(ApiError::invalid_request("a parameter stands there twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// Reads the query of `uri`, which may have no parameters but those that are `known`, and none that is empty:
    /// where a name is missing that was meant to be there, less would be asked for, or more would be done.
    pub(super) fn query(uri: &Uri, known: &[&str]) -> Result<Self, ApiError> {
        let query = Self::whole(uri.query().unwrap_or_default().as_bytes())?;
        if query.0.keys().any(|name| !known.contains(&name.as_str())) {
            let known =
                if known.is_empty() { "no parameter".to_owned() } else { known.join(" and ") };
            return Err(ApiError::invalid_request(format!("the query may have {known} alone")));
        }
        match query.0.iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(invalid(name, "must not be empty")),
            None => Ok(query),
        }
    }

    /// The value of `name`, unless it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of `name`, which must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| invalid(name, "is required"))
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
