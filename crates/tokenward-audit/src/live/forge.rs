//! The forged tokens of the live checklist.

use super::habits::carriage;
use super::keys::Key;
use super::options::LiveOptions;
use super::parts::Parts;
use super::probe::Probe;
use super::rules;
use crate::token::{Members, bare};

mod brought;
mod confused;
mod injected;
mod minted;
mod odd;
mod sealed;
mod unsigned;

pub(super) use brought::Strangers;
pub(super) use minted::fresh;

/// What forged tokens are made from.
pub(super) struct Workshop<'a> {
    pub(super) options: &'a LiveOptions,
    /// The public keys of the issuer.
    pub(super) public: Vec<Members>,
    pub(super) strangers: &'a Strangers,
    /// Where the strangers' keys are served.
    pub(super) listener: Option<String>,
    /// The issuer's own key, once a token that it signed was accepted.
    pub(super) key: Option<&'a Key>,
}

impl Workshop<'_> {
    /// All that is sent, made from a valid token as of `now`; in the same order for each.
    pub(super) fn probes(&self, token: &str, now: u64) -> Vec<Probe> {
        let Some(parts) = Parts::read(token) else { return Vec::new() };
        let host = self.options.address.host();
        let mut all = all(&parts, &self.public, self.strangers, host);
        all.extend(injected::all(&parts, self.options.is_intrusive));
        if let Some(url) = &self.listener {
            all.extend(self.strangers.at_address(&parts, url, host));
        }
        all.extend(self.given());
        all.extend(carriage::in_addresses(token));
        if let Some(key) = self.key {
            all.extend(minted::all(&parts, key, now));
        }
        all
    }

    /// Tokens that the operator has brought.
    fn given(&self) -> impl Iterator<Item = Probe> {
        let options = self.options;
        [
            (&rules::EXPIRY, "that has ended", &options.expired),
            (&rules::AUDIENCE, "of another service", &options.other_audience),
            (&rules::TYPE, "of another kind", &options.other_type),
        ]
        .into_iter()
        .filter_map(|(rule, what, token)| {
            Some(Probe::token(rule, what, bare(token.as_ref()?).to_owned()))
        })
    }
}

/// What an attacker can make who has seen one token and the public keys.
pub(super) fn all(
    parts: &Parts,
    public: &[Members],
    strangers: &Strangers,
    host: &str,
) -> Vec<Probe> {
    let mut all = unsigned::all(parts);
    all.extend(odd::all(parts));
    all.extend(strangers.signed(parts));
    all.extend(confused::public_key(parts, public));
    all.extend(confused::guessed(parts, host));
    all.extend(strangers.embedded(parts));
    all.extend(sealed::all(parts, public));
    all
}
