//! Claims by name, for the kinds of tokens that do not come by the thousand a second.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::read::{Claim, required};
use crate::ids::{IssuerId, Subject};
use crate::json::{Member, Object, ObjectReader, Raw};
use crate::profile::Times;
use crate::reject::Reason;

/// The claims of a payload whose signature has been verified.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'p, 'a>(&'p Object<'a>);

impl<'p, 'a> Fields<'p, 'a> {
    /// The claims of a token of `issuer` that is bound to no key.
    ///
    /// Only an access token can come with a proof; any other kind with a `cnf` is refused.
    pub(crate) fn of(payload: &'p Object<'a>, issuer: &IssuerId) -> Result<Self, Reason> {
        let fields = Self(payload);
        if payload.has("cnf") {
            return Err(Reason::ProofRequired);
        }
        if fields.claim("iss").required()?.text()? == issuer.as_str() {
            Ok(fields)
        } else {
            Err(Reason::WrongIssuer)
        }
    }

    /// As [`Self::of`], for a kind of token that need not name its issuer.
    pub(crate) fn of_perhaps(payload: &'p Object<'a>, issuer: &IssuerId) -> Result<Self, Reason> {
        if payload.has("iss") || payload.has("cnf") {
            Self::of(payload, issuer)
        } else {
            Ok(Self(payload))
        }
    }

    /// Checks that the token is about `subject`.
    pub(crate) fn check_subject(self, subject: &Subject) -> Result<(), Reason> {
        if self.claim("sub").required()?.text()? == subject.as_str() {
            Ok(())
        } else {
            Err(Reason::WrongSubject)
        }
    }

    /// The claims of what has no issuer.
    pub(crate) const fn of_any(payload: &'p Object<'a>) -> Self {
        Self(payload)
    }

    pub(crate) fn claim(self, name: &'static str) -> Claim<'a> {
        Claim(name, self.0.get(name))
    }

    /// A text that fits, as the type that it fits.
    pub(crate) fn id<T>(
        self,
        name: &'static str,
        fits: fn(&str) -> bool,
        fitting: fn(Box<str>) -> T,
    ) -> Result<Option<T>, Reason> {
        Ok(self.claim(name).id(fits)?.map(|text| fitting(text.into())))
    }

    /// As [`Self::id`], of a claim that must be there.
    pub(crate) fn required_id<T>(
        self,
        name: &'static str,
        fits: fn(&str) -> bool,
        fitting: fn(Box<str>) -> T,
    ) -> Result<T, Reason> {
        required(name, self.id(name, fits, fitting)?)
    }

    /// Any text.
    pub(crate) fn text(self, name: &'static str) -> Result<Option<Box<str>>, Reason> {
        self.id(name, |_| true, |text| text)
    }

    /// An array of texts; empty if it is not there.
    pub(crate) fn texts(self, name: &'static str) -> Result<Vec<Box<str>>, Reason> {
        let Some(value) = self.0.get(name) else { return Ok(Vec::new()) };
        let invalid = Reason::InvalidClaim(name);
        let all = value.as_array().ok_or(invalid)?;
        all.into_iter().map(|one| one.as_str().map(Into::into).ok_or(invalid)).collect()
    }

    /// An object, of which each member is an object too, as their text.
    pub(crate) fn objects(self, name: &'static str) -> Result<Vec<NamedText>, Reason> {
        let invalid = Reason::InvalidClaim(name);
        let text = required(name, self.0.get(name))?.as_object_text().ok_or(invalid)?;
        let object = Object::parse(text.as_bytes()).map_err(|_| invalid)?;
        let text_of = |member: Member<'_>| {
            let text = member.value.as_object_text().ok_or(invalid)?;
            Ok((member.name.to_str().into(), text.into()))
        };
        object.iter().map(text_of).collect()
    }

    /// That none of `names` is there.
    pub(crate) fn without(self, names: &[&'static str]) -> Result<(), Reason> {
        match names.iter().find(|name| self.0.has(name)) {
            Some(name) => Err(Reason::InvalidClaim(name)),
            None => Ok(()),
        }
    }

    /// The times that there are.
    pub(crate) fn times(self) -> Result<Times, Reason> {
        Ok(Times {
            issued_at: self.claim("iat").date()?,
            expires_at: self.claim("exp").date()?,
            not_before: self.claim("nbf").date()?,
        })
    }

    /// All claims but `reserved`, as `T`.
    pub(crate) fn private<T: Deserialize<'a>>(self, reserved: &[&str]) -> Result<T, Reason> {
        let reserved: BTreeSet<&str> = reserved.iter().copied().collect();
        let members = self.0.iter().filter(|member| !reserved.contains(&*member.name.to_str()));
        T::deserialize(ObjectReader::new(members.collect()))
            .map_err(|_| Reason::InvalidPrivateClaims)
    }
}

/// The name of a member, and the text of its value.
pub(crate) type NamedText = (Box<str>, Box<str>);

impl<'a> Claim<'a> {
    pub(crate) fn raw(self) -> Option<Raw<'a>> {
        self.1
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self) -> Result<Option<u64>, Reason> {
        let Some(value) = self.1 else { return Ok(None) };
        value.as_u64().map(Some).ok_or(Reason::InvalidClaim(self.0))
    }

    /// Checks that the claim is there and is `expected`.
    pub(crate) fn is(self, expected: &str) -> Result<(), Reason> {
        let value = required(self.0, self.1)?;
        if value.as_str().is_some_and(|text| text == expected) {
            Ok(())
        } else {
            Err(Reason::InvalidClaim(self.0))
        }
    }

    /// The number of elements, where the claim is an array.
    pub(crate) fn len(self) -> Option<usize> {
        self.1.and_then(Raw::as_array).map(|all| all.len())
    }
}
