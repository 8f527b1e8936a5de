//! What an operator decides.

use std::str::FromStr;

use super::{Dpop, InvalidSite};

/// Whether the tokens of an audience are bound, and where they are shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct DpopSettings {
    /// What is asked of clients.
    pub policy: DpopPolicy,
    /// The sites at which the audience's APIs are reached, for which proofs are made, each in the form of an
    /// `Origin`.
    pub sites: Vec<String>,
}

impl DpopSettings {
    /// Who takes bound tokens by these settings; nobody, where they are off.
    ///
    /// ```
    /// use tokenward_tower::dpop::{DpopPolicy, DpopSettings};
    ///
    /// let sites = vec!["https://api.example.com".to_owned()];
    /// let dpop = DpopSettings { policy: DpopPolicy::Required, sites }.dpop()?;
    /// assert!(dpop.is_some_and(|dpop| dpop.is_required()));
    /// assert!(DpopSettings { policy: DpopPolicy::Off, sites: vec![] }.dpop()?.is_none());
    /// # Ok::<(), tokenward_tower::dpop::InvalidSite>(())
    /// ```
    pub fn dpop(&self) -> Result<Option<Dpop>, InvalidSite> {
        let dpop = Dpop::new(self.sites.iter().cloned())?;
        Ok(match self.policy {
            DpopPolicy::Off => None,
            DpopPolicy::Offered => Some(dpop),
            DpopPolicy::Required => Some(dpop.required()),
        })
    }
}

/// What an audience asks of its clients.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum DpopPolicy {
    /// No token is bound.
    Off,
    /// Whoever shows a key gets tokens that are bound to it.
    #[default]
    Offered,
    /// Every token is bound.
    Required,
}

impl DpopPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Offered, Self::Required];

    /// Its name, in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Offered => "offered",
            Self::Required => "required",
        }
    }
}

/// No policy is called like that.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be off, offered or required")]
#[non_exhaustive]
pub struct UnknownDpopPolicy;

impl FromStr for DpopPolicy {
    type Err = UnknownDpopPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownDpopPolicy> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name).ok_or(UnknownDpopPolicy)
    }
}
