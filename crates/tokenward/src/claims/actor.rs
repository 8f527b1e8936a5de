//! Who acts for the subject of a token: the chain in `act` (RFC 8693 § 4.1).

use serde_json::{Map, Value};

use crate::ids::Subject;

/// The name of the claim.
pub(crate) const ACT: &str = "act";

/// Who acts for the subject of a token, and for whom they do: the last one first.
///
/// Of a chain only its first member acts; the others say how it came to that, and decide nothing.
///
/// ```
/// use tokenward::{Actor, Subject};
///
/// let first = Actor::new(Subject::new("client:orders")?);
/// let chain = Actor::new(Subject::new("client:invoices")?).after(first)?;
/// assert_eq!(chain.subjects().map(Subject::as_str).collect::<Vec<_>>(), ["client:invoices", "client:orders"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    subject: Subject,
    before: Vec<Subject>,
}

/// The chain has more members than it may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a chain of actors has {} members at most", Actor::MOST)]
#[non_exhaustive]
pub struct ActorChainTooLong;

/// The claim `act` is there, and no chain of actors.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`act` is no chain of actors")]
#[non_exhaustive]
pub struct InvalidActor;

impl Actor {
    /// The longest chain. A request that has come through more services is going in circles.
    pub const MOST: usize = 4;

    /// `subject` alone.
    #[must_use]
    pub const fn new(subject: Subject) -> Self {
        Self { subject, before: Vec::new() }
    }

    /// The same, acting where `before` did. Somebody who acts twice in a row stands there once.
    pub fn after(self, before: Self) -> Result<Self, ActorChainTooLong> {
        let mut chain: Vec<Subject> = before.into_subjects().collect();
        if chain.first() == Some(&self.subject) {
            chain.remove(0);
        }
        chain.extend(self.before);
        if chain.len() >= Self::MOST {
            return Err(ActorChainTooLong);
        }
        Ok(Self { subject: self.subject, before: chain })
    }

    /// The chain in private claims; `None` if there is no `act`.
    ///
    /// ```
    /// # fn f(claims: &tokenward::AccessClaims) -> Result<(), tokenward::InvalidActor> {
    /// if let Some(actor) = tokenward::Actor::of(claims.private())? {
    ///     println!("{} acts for {}", actor.subject(), claims.subject());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(claims: &Map<String, Value>) -> Result<Option<Self>, InvalidActor> {
        let Some(mut act) = claims.get(ACT) else { return Ok(None) };
        let mut chain = Vec::new();
        loop {
            let members = act.as_object().ok_or(InvalidActor)?;
            let subject = members.get("sub").and_then(Value::as_str).ok_or(InvalidActor)?;
            chain.push(Subject::new(subject).map_err(|_| InvalidActor)?);
            if chain.len() > Self::MOST || members.keys().any(|name| name != "sub" && name != ACT) {
                return Err(InvalidActor);
            }
            match members.get(ACT) {
                Some(before) => act = before,
                None => break,
            }
        }
        let mut chain = chain.into_iter();
        let subject = chain.next().ok_or(InvalidActor)?;
        Ok(Some(Self { subject, before: chain.collect() }))
    }

    /// Who acts.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// All of the chain, the last one to act first.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        std::iter::once(&self.subject).chain(&self.before)
    }

    fn into_subjects(self) -> impl Iterator<Item = Subject> {
        std::iter::once(self.subject).chain(self.before)
    }

    /// As the claim has it.
    pub(crate) fn to_value(&self) -> Value {
        let chain: Vec<&Subject> = self.subjects().collect();
        chain.iter().rev().fold(Value::Null, |before, subject| {
            let mut members = Map::new();
            members.insert("sub".to_owned(), subject.as_str().into());
            if !before.is_null() {
                members.insert(ACT.to_owned(), before);
            }
            members.into()
        })
    }
}
