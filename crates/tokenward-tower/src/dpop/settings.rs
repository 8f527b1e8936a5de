//! What an operator decides.

use super::{Dpop, InvalidSite};
use crate::binding::BindingPolicy;

/// Whether the tokens of an audience are bound, and where they are shown.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes settings must decide on every one")]
pub struct DpopSettings {
    /// What is asked of clients.
    pub policy: BindingPolicy,
    /// The sites at which the audience's APIs are reached, for which proofs are made, each in the form of an
    /// `Origin`.
    pub sites: Vec<String>,
}

impl DpopSettings {
    /// Who takes bound tokens by these settings; nobody, where they are off.
    ///
    /// ```
    /// use tokenward_tower::binding::BindingPolicy;
    /// use tokenward_tower::dpop::DpopSettings;
    ///
    /// let sites = vec!["https://api.example.com".to_owned()];
    /// let dpop = DpopSettings { policy: BindingPolicy::Required, sites }.dpop()?;
    /// assert!(dpop.is_some_and(|dpop| dpop.is_required()));
    /// assert!(DpopSettings { policy: BindingPolicy::Off, sites: vec![] }.dpop()?.is_none());
    /// # Ok::<(), tokenward_tower::dpop::InvalidSite>(())
    /// ```
    pub fn dpop(&self) -> Result<Option<Dpop>, InvalidSite> {
        let dpop = Dpop::new(self.sites.iter().cloned())?;
        Ok(match self.policy {
            BindingPolicy::Off => None,
            BindingPolicy::Offered => Some(dpop),
            BindingPolicy::Required => Some(dpop.required()),
        })
    }
}

/// Offered, and shown nowhere.
impl Default for DpopSettings {
    fn default() -> Self {
        Self { policy: BindingPolicy::Offered, sites: Vec::new() }
    }
}
