//! The file: every root so far, and whom the last one delegates.

use serde_json::{Value, json};

use super::signed::{Kind, Signatures, Signed};
use super::{Delegation, NewDelegation, NewRoot, Root, RootError};
use crate::json::{Object, Raw};
use crate::key::SigningKey;
use crate::limits::LIMITS;

/// The roots, oldest first, and perhaps a delegation by the last of them.
///
/// What it says counts for nothing before it is verified: by [`Self::verified`], or from a
/// [`PinnedRoot`](super::PinnedRoot). The [module](super) has an example and the form.
#[derive(Clone, Debug)]
pub struct RootChain {
    pub(super) roots: Vec<Signed>,
    pub(super) delegation: Option<Signed>,
}

impl RootChain {
    /// The first root, to be signed by enough of its keys.
    pub fn init(new: &NewRoot) -> Result<Self, RootError> {
        let root = Root::new(1, new)?;
        Ok(Self { roots: vec![Signed::new(&root.to_payload())], delegation: None })
    }

    /// The chain with another root at its end, to be signed by enough keys of it and of the one before.
    /// It has no delegation yet: what the old root has delegated ends with it.
    pub fn rotate(&self, new: &NewRoot) -> Result<Self, RootError> {
        let last = self.verified()?;
        let version = last.version.checked_add(1).ok_or(RootError::TooLarge)?;
        let next = Signed::new(&Root::new(version, new)?.to_payload());
        if self.roots.len() >= LIMITS.roots {
            return Err(RootError::TooLarge);
        }
        let roots = self.roots.iter().cloned().chain([next]).collect();
        Ok(Self { roots, delegation: None })
    }

    /// The chain with this delegation, to be signed by enough keys of its last root. One that it had is
    /// replaced.
    pub fn delegate(&self, new: &NewDelegation) -> Result<Self, RootError> {
        let root = self.verified()?;
        let delegation = Signed::new(&Delegation::new(&root, new)?.to_payload());
        Ok(Self { roots: self.roots.clone(), delegation: Some(delegation) })
    }

    /// Adds the signature of a root key to the delegation, or to the last root if there is none. What stands
    /// before it must be signed already: nobody signs on top of a root that others do not vouch for.
    pub fn sign(&mut self, key: &SigningKey) -> Result<(), RootError> {
        let id = key.key_id().ok_or(RootError::NotARootKey)?;
        match (&self.delegation()?, self.roots.split_last()) {
            (Some(delegation), _) => delegation.must_be_of(&self.verified()?)?,
            (None, Some((last, before))) => {
                let before = verified(before)?;
                comes_after(before.as_ref(), &Root::read(&last.payload()?)?)?;
            }
            (None, None) => return Err(EMPTY),
        }
        let roots = self.roots()?;
        let mut newest = roots.iter().rev().take(if self.delegation.is_some() { 1 } else { 2 });
        // By name: a key that bears a root key's name is that key, or its signature counts nowhere.
        if id.as_str() != key.verifying_key().thumbprint() || !newest.any(|root| root.has(id)) {
            return Err(RootError::NotARootKey);
        }
        match (&mut self.delegation, self.roots.last_mut()) {
            (Some(delegation), _) => delegation.sign(key, Kind::Delegation),
            (None, Some(root)) => root.sign(key, Kind::Root),
            (None, None) => Err(EMPTY),
        }
    }

    /// Reads a file. Its signatures are not looked at.
    pub fn parse(json: &[u8]) -> Result<Self, RootError> {
        const SHAPE: RootError = RootError::Malformed("it has `roots`, and perhaps a `delegation`");
        if json.len() > LIMITS.root_chain_bytes {
            return Err(RootError::TooLarge);
        }
        Object::parse(json)?;
        let object =
            super::exactly(json, &["roots", "delegation"], &["delegation"]).ok_or(SHAPE)?;
        let roots = object.get("roots").and_then(Raw::as_array).ok_or(SHAPE)?;
        if roots.len() > LIMITS.roots {
            return Err(RootError::TooLarge);
        }
        let roots: Vec<_> = roots.into_iter().map(Signed::read).collect::<Result<_, _>>()?;
        if roots.is_empty() {
            return Err(EMPTY);
        }
        Ok(Self { roots, delegation: object.get("delegation").map(Signed::read).transpose()? })
    }

    /// The file, to be published with its delegation, or pinned.
    #[must_use]
    pub fn to_json(&self) -> String {
        let roots: Vec<Value> = self.roots.iter().map(Signed::to_value).collect();
        match &self.delegation {
            None => json!({ "roots": roots }).to_string(),
            Some(delegation) => {
                json!({ "roots": roots, "delegation": delegation.to_value() }).to_string()
            }
        }
    }

    /// The roots, oldest first, as they say themselves: nothing is verified.
    pub fn roots(&self) -> Result<Vec<Root>, RootError> {
        self.roots.iter().map(|root| Root::read(&root.payload()?)).collect()
    }

    /// The delegation, as it says itself: nothing is verified.
    pub fn delegation(&self) -> Result<Option<Delegation>, RootError> {
        let read = |signed: &Signed| Delegation::read(&signed.payload()?);
        self.delegation.as_ref().map(read).transpose()
    }

    /// Who has signed the last root: by its own threshold, and by that of the one before.
    pub fn root_signatures(&self) -> Result<Vec<Signatures>, RootError> {
        let signed = self.roots.last().ok_or(EMPTY)?;
        let roots = self.roots()?;
        let by = |root: &Root| signed.by(&root.keys, root.threshold, Kind::Root);
        Ok(roots.iter().rev().take(2).map(by).collect())
    }

    /// Who has signed the delegation, if there is one. It must be one of the last root.
    pub fn delegation_signatures(&self) -> Result<Option<Signatures>, RootError> {
        let roots = self.roots()?;
        let root = roots.last().ok_or(EMPTY)?;
        let by = |signed: &Signed| {
            Delegation::read(&signed.payload()?)?.must_be_of(root)?;
            Ok(signed.by(&root.keys, root.threshold, Kind::Delegation))
        };
        self.delegation.as_ref().map(by).transpose()
    }

    /// The last root, once every root is signed by enough keys of its own and of the one before. Whether
    /// the first is to be trusted is for whoever holds the file to know.
    pub fn verified(&self) -> Result<Root, RootError> {
        verified(&self.roots)?.ok_or(EMPTY)
    }
}

/// The last of `roots`, once each is signed by enough keys of its own and of the one before.
fn verified(roots: &[Signed]) -> Result<Option<Root>, RootError> {
    let mut last: Option<Root> = None;
    for signed in roots {
        let root = Root::read(&signed.payload()?)?;
        follows(last.as_ref(), &root, signed)?;
        last = Some(root);
    }
    Ok(last)
}

fn comes_after(before: Option<&Root>, root: &Root) -> Result<(), RootError> {
    let is_next = |before: &Root| before.version.checked_add(1) == Some(root.version);
    if before.is_none_or(is_next) { Ok(()) } else { Err(RootError::Gap) }
}

const EMPTY: RootError = RootError::Malformed("there is no root in it");

/// Checks that `root`, as it stands in `signed`, may come after `before`.
pub(super) fn follows(
    before: Option<&Root>,
    root: &Root,
    signed: &Signed,
) -> Result<(), RootError> {
    comes_after(before, root)?;
    if let Some(before) = before {
        signed
            .by(&before.keys, before.threshold, Kind::Root)
            .check("the root, by the one before,")?;
    }
    signed.by(&root.keys, root.threshold, Kind::Root).check("the root")
}

/// The delegation in `signed`, signed by enough keys of `root`.
pub(super) fn delegated(root: &Root, signed: &Signed) -> Result<Delegation, RootError> {
    signed.by(&root.keys, root.threshold, Kind::Delegation).check("the delegation")?;
    let delegation = Delegation::read(&signed.payload()?)?;
    delegation.must_be_of(root)?;
    Ok(delegation)
}
