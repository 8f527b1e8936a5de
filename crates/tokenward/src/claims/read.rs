//! Claims out of a payload whose signature has been verified.
//!
//! **Invariant:** a claim of the wrong JSON type, or out of range, is a refusal; it never counts as
//! absent (CVE-2026-25537), not even `null`.
//! **Invariant:** a token that is bound (`cnf`), to a key, a certificate or both, is read only with all of
//! that shown, whatever kind of token it is.

use std::borrow::Cow;
use std::sync::Arc;

use super::AccessClaimsRef;
use crate::ids::{
    Audience, CertificateThumbprint, ClientId, IssuerId, Jti, SessionId, Subject, TokenVersion,
};
use crate::json::{self, JsonError, Raw, Sink, Span};
use crate::reject::Reason;
use crate::scope::ScopeRef;
use crate::time::UnixTime;

#[cfg(test)]
mod tests;

/// What the claims of an access token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Arc<IssuerId>,
    pub(crate) audience: &'a Arc<Audience>,
    /// Whether the token must have a `client_id`, as RFC 9068 § 2.2 has it.
    pub(crate) client_id: bool,
    /// By what the sender has proved that the token is theirs.
    pub(crate) proven: Proven<'a>,
}

/// The member of `cnf` that names the key a token is sealed under. It is ours: RFC 7800 has none for it.
pub(crate) const SEAL: &str = "seal";

/// The member of `cnf` that names a certificate (RFC 8705 § 3.1).
pub(crate) const X5T_S256: &str = "x5t#S256";

/// What a sender has shown to have beside the token.
#[derive(Clone, Copy)]
pub(crate) enum Proven<'a> {
    /// These, or nothing.
    Shown {
        /// The key with this thumbprint, by a proof of possession (RFC 9449 § 4.3).
        key: Option<&'a str>,
        /// The certificate with this thumbprint, by the handshake of its connection (RFC 8705 § 3).
        certificate: Option<&'a str>,
    },
    /// The key with this name, under which the token was sealed.
    Seal(&'a str),
    /// Nothing here: whoever asks only passes on what the token is bound to.
    Elsewhere,
}

impl Proven<'_> {
    /// Nothing: good for a token that is bound to nothing.
    pub(crate) const NOTHING: Self = Self::Shown { key: None, certificate: None };

    /// Whether a token that is bound to nothing goes with it.
    const fn goes_without_binding(self) -> bool {
        // A certificate is there whatever is asked for over its connection. A proof is made for one token,
        // and a client that mistakes a bearer token for a bound one would never notice that it can be stolen
        // (RFC 9449 § 7.1).
        matches!(self, Self::Shown { key: None, .. } | Self::Elsewhere)
    }
}

/// What a token is bound to, as far as whoever reads its claims may want to know.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound<'a> {
    /// The thumbprint of a key that makes proofs (RFC 9449 § 6.1).
    pub(super) key: Option<Cow<'a, str>>,
    /// The thumbprint of a certificate (RFC 8705 § 3.1).
    pub(super) certificate: Option<Cow<'a, str>>,
}

/// Reads the claims in `payload`; the times in them are not judged yet.
pub(crate) fn read<'a>(
    payload: &'a [u8],
    expected: &Expected<'a>,
) -> Result<AccessClaimsRef<'a>, Reason> {
    let opening = opening(payload, expected);
    let claims = Slots::scan(payload, opening).map_err(|_| Reason::InvalidPayload)?;
    let bound = claims.confirmation(expected.proven)?;
    let audiences = match opening {
        Some(_) => None,
        None => claims.addressed(expected)?,
    };
    let client_id = claims.id(Known::CLIENT_ID, ClientId::fits)?;
    if expected.client_id && client_id.is_none() {
        return Err(Reason::MissingClaim("client_id"));
    }
    Ok(AccessClaimsRef {
        issuer: expected.issuer,
        audience: expected.audience,
        audiences,
        subject: required("sub", claims.id(Known::SUB, Subject::fits)?)?,
        client_id,
        token_id: required("jti", claims.id(Known::JTI, Jti::fits)?)?,
        session_id: claims.id(Known::SID, SessionId::fits)?,
        token_version: claims.perhaps(Known::VER, Claim::version)?,
        issued_at: required("iat", claims.perhaps(Known::IAT, Claim::date)?)?,
        expires_at: required("exp", claims.perhaps(Known::EXP, Claim::date)?)?,
        not_before: claims.perhaps(Known::NBF, Claim::date)?,
        scope: claims.id(Known::SCOPE, |text| ScopeRef::parse(text).is_ok())?,
        auth_time: claims.perhaps(Known::AUTH_TIME, Claim::date)?,
        bound,
        payload,
    })
}

/// The length of a beginning that says the expected issuer and audience in the order, and without the
/// spaces, in which we write them. A payload that begins like that is compared as far as that goes, and
/// only read from there on.
fn opening(payload: &[u8], expected: &Expected<'_>) -> Option<usize> {
    // No character of either needs an escape in JSON.
    let rest = payload
        .strip_prefix(br#"{"iss":""#)?
        .strip_prefix(expected.issuer.as_str().as_bytes())?
        .strip_prefix(br#"","aud":""#)?
        .strip_prefix(expected.audience.as_str().as_bytes())?
        .strip_prefix(br#"","#)?;
    payload.len().checked_sub(rest.len())
}

/// A claim that means something to us, and its place among those.
#[derive(Clone, Copy)]
struct Known {
    place: u8,
    name: &'static str,
}

impl Known {
    const ISS: Self = Self { place: 0, name: "iss" };
    const AUD: Self = Self { place: 1, name: "aud" };
    const SUB: Self = Self { place: 2, name: "sub" };
    const CLIENT_ID: Self = Self { place: 3, name: "client_id" };
    const JTI: Self = Self { place: 4, name: "jti" };
    const SID: Self = Self { place: 5, name: "sid" };
    const IAT: Self = Self { place: 6, name: "iat" };
    const EXP: Self = Self { place: 7, name: "exp" };
    const NBF: Self = Self { place: 8, name: "nbf" };
    const VER: Self = Self { place: 9, name: "ver" };
    const SCOPE: Self = Self { place: 10, name: "scope" };
    const AUTH_TIME: Self = Self { place: 11, name: "auth_time" };
    const CNF: Self = Self { place: 12, name: "cnf" };
    const COUNT: usize = 13;

    /// By bytes, which are compared in place; texts would be by a call for each name.
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"iss" => Self::ISS,
            b"aud" => Self::AUD,
            b"sub" => Self::SUB,
            b"client_id" => Self::CLIENT_ID,
            b"jti" => Self::JTI,
            b"sid" => Self::SID,
            b"iat" => Self::IAT,
            b"exp" => Self::EXP,
            b"nbf" => Self::NBF,
            b"ver" => Self::VER,
            b"scope" => Self::SCOPE,
            b"auth_time" => Self::AUTH_TIME,
            b"cnf" => Self::CNF,
            _ => return None,
        })
    }
}

/// What stands in these claims, found in one pass.
#[derive(Default)]
struct Slots<'a> {
    text: &'a str,
    spans: [Option<Span>; Known::COUNT],
}

impl<'a> Slots<'a> {
    /// What stands after the [`opening`], if there is one, and else in all of the payload.
    fn scan(payload: &'a [u8], opening: Option<usize>) -> Result<Self, JsonError> {
        let mut slots = Self::default();
        slots.text = match opening {
            Some(at) => {
                let taken = [Known::ISS.place, Known::AUD.place];
                json::scan_rest(payload, at, &taken, &mut slots)?
            }
            None => json::scan(payload, &mut slots)?,
        };
        Ok(slots)
    }

    /// Checks issuer and audience; gives the array of audiences, if it is one.
    fn addressed(&self, expected: &Expected<'_>) -> Result<Option<Raw<'a>>, Reason> {
        if self.get(Known::ISS).required()?.text()? != expected.issuer.as_str() {
            return Err(Reason::WrongIssuer);
        }
        self.get(Known::AUD).required()?.audiences(expected.audience)
    }

    fn get(&self, known: Known) -> Claim<'a> {
        Claim(known.name, self.span(known).map(|span| span.raw(self.text)))
    }

    #[inline]
    fn span(&self, known: Known) -> Option<Span> {
        self.spans.get(usize::from(known.place)).copied().flatten()
    }

    /// The text without escapes that a claim is, as nearly all are: without the jump to where a value
    /// of its kind is read, which is a wrong guess for a processor that comes from an RSA operation.
    #[inline]
    fn plain(&self, known: Known) -> Option<&'a str> {
        self.span(known)?.plain(self.text)
    }

    /// As [`Claim::id`].
    #[inline]
    fn id(&self, known: Known, fits: fn(&str) -> bool) -> Result<Option<Cow<'a, str>>, Reason> {
        match self.plain(known) {
            Some(text) if fits(text) => Ok(Some(Cow::Borrowed(text))),
            _ => self.perhaps(known, |claim| claim.id(fits)),
        }
    }

    /// What `read` makes of a claim, if it is there.
    #[inline]
    fn perhaps<T>(
        &self,
        known: Known,
        read: impl Fn(Claim<'a>) -> Result<Option<T>, Reason>,
    ) -> Result<Option<T>, Reason> {
        if self.span(known).is_some() { read(self.get(known)) } else { Ok(None) }
    }

    /// What the token is bound to. All of that must be what was proven: whoever holds a bound token without
    /// it has stolen the token.
    fn confirmation(&self, proven: Proven<'_>) -> Result<Bound<'a>, Reason> {
        let Some(cnf) = self.get(Known::CNF).1 else {
            return if proven.goes_without_binding() {
                Ok(Bound::default())
            } else {
                Err(Reason::NotBound)
            };
        };
        if matches!(proven, Proven::Shown { key: None, certificate: None }) {
            return Err(Reason::ProofRequired);
        }
        let text = cnf.as_object_text().ok_or(Reason::InvalidClaim("cnf"))?;
        let mut methods = Methods::default();
        json::scan(text.as_bytes(), &mut methods).map_err(|_| Reason::InvalidClaim("cnf"))?;
        methods.bound(proven)
    }
}

/// By what a token can be bound (RFC 7800 § 3.1): the thumbprint of a key that makes proofs, that of a
/// certificate, the name of the key that it is sealed under, and whether by anything else.
#[derive(Default)]
struct Methods<'a> {
    thumbprint: Option<Raw<'a>>,
    certificate: Option<Raw<'a>>,
    seal: Option<Raw<'a>>,
    others: bool,
}

impl<'a> Methods<'a> {
    fn bound(&self, proven: Proven<'_>) -> Result<Bound<'a>, Reason> {
        let Self { thumbprint, certificate, seal, others } = *self;
        // A second method that we do not know may be the one that the issuer relies on; a sealed token has
        // no other, and one without any was bound by something that we do not see.
        let sealed = seal.is_some();
        let open = thumbprint.is_some() || certificate.is_some();
        if others || sealed == open {
            return Err(Reason::ProofRequired);
        }
        match (proven, seal) {
            (Proven::Seal(proven), Some(seal)) => {
                same(seal, proven)?;
                Ok(Bound::default())
            }
            (Proven::Shown { key, certificate: shown }, None) => {
                let certificate = match certificate {
                    None => None,
                    Some(own) => {
                        let shown = shown.ok_or(Reason::ProofRequired)?;
                        let own = certificate_of(own)?;
                        if own != shown {
                            return Err(Reason::WrongProof);
                        }
                        Some(own)
                    }
                };
                let key = match (thumbprint, key) {
                    (None, None) => None,
                    (None, Some(_)) => return Err(Reason::NotBound),
                    (Some(_), None) => return Err(Reason::ProofRequired),
                    (Some(own), Some(proven)) => Some(same(own, proven)?),
                };
                Ok(Bound { key, certificate })
            }
            (Proven::Elsewhere, None) => Ok(Bound {
                key: thumbprint.map(text).transpose()?,
                certificate: certificate.map(certificate_of).transpose()?,
            }),
            _ => Err(Reason::ProofRequired),
        }
    }
}

fn text(member: Raw<'_>) -> Result<Cow<'_, str>, Reason> {
    member.as_str().ok_or(Reason::InvalidClaim("cnf"))
}

fn same<'a>(member: Raw<'a>, proven: &str) -> Result<Cow<'a, str>, Reason> {
    let text = text(member)?;
    if text == proven { Ok(text) } else { Err(Reason::WrongProof) }
}

fn certificate_of(member: Raw<'_>) -> Result<Cow<'_, str>, Reason> {
    let text = text(member)?;
    // In hexadecimal, say, it would be an issuer's mistake and not another's certificate.
    if CertificateThumbprint::fits(&text) { Ok(text) } else { Err(Reason::InvalidClaim("cnf")) }
}

impl<'a> Sink<'a> for Methods<'a> {
    fn member(&mut self, text: &'a str, name: Span, _place: Option<u8>, value: Span) {
        match &*name.text(text).to_str() {
            "jkt" => self.thumbprint = Some(value.raw(text)),
            X5T_S256 => self.certificate = Some(value.raw(text)),
            SEAL => self.seal = Some(value.raw(text)),
            _ => self.others = true,
        }
    }
}

impl<'a> Sink<'a> for Slots<'a> {
    fn place(name: &[u8]) -> Option<u8> {
        Known::named(name).map(|known| known.place)
    }

    fn member(&mut self, _text: &'a str, _name: Span, place: Option<u8>, value: Span) {
        if let Some(slot) = place.and_then(|place| self.spans.get_mut(usize::from(place))) {
            *slot = Some(value);
        }
    }
}

/// A claim that may be there.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a>(pub(crate) &'static str, pub(crate) Option<Raw<'a>>);

/// A claim that is there.
#[derive(Clone, Copy)]
pub(crate) struct Present<'a>(&'static str, Raw<'a>);

impl<'a> Claim<'a> {
    pub(crate) fn required(self) -> Result<Present<'a>, Reason> {
        Ok(Present(self.0, self.1.ok_or(Reason::MissingClaim(self.0))?))
    }

    /// A text that fits.
    #[inline]
    pub(crate) fn id(self, fits: fn(&str) -> bool) -> Result<Option<Cow<'a, str>>, Reason> {
        let Some(value) = self.1 else { return Ok(None) };
        let text = Present(self.0, value).text()?;
        if fits(&text) { Ok(Some(text)) } else { Err(Reason::InvalidClaim(self.0)) }
    }

    pub(crate) fn date(self) -> Result<Option<UnixTime>, Reason> {
        let Some(value) = self.1 else { return Ok(None) };
        value.as_date().map(Some).ok_or(Reason::InvalidClaim(self.0))
    }

    fn version(self) -> Result<Option<TokenVersion>, Reason> {
        let Some(value) = self.1 else { return Ok(None) };
        value.as_u64().map(TokenVersion::new).map(Some).ok_or(Reason::InvalidClaim(self.0))
    }
}

impl<'a> Present<'a> {
    pub(crate) fn text(self) -> Result<Cow<'a, str>, Reason> {
        self.1.as_str().ok_or(Reason::InvalidClaim(self.0))
    }

    /// Checks that this is the audience, or an array of strings with it; gives the array.
    pub(crate) fn audiences(self, expected: &Audience) -> Result<Option<Raw<'a>>, Reason> {
        if let Some(one) = self.1.as_str() {
            return if one == expected.as_str() { Ok(None) } else { Err(Reason::WrongAudience) };
        }
        let all = self.1.as_array().ok_or(Reason::InvalidClaim(self.0))?;
        let mut found = false;
        for one in all {
            found |= one.as_str().ok_or(Reason::InvalidClaim(self.0))? == expected.as_str();
        }
        if found { Ok(Some(self.1)) } else { Err(Reason::WrongAudience) }
    }
}

pub(crate) fn required<T>(name: &'static str, value: Option<T>) -> Result<T, Reason> {
    value.ok_or(Reason::MissingClaim(name))
}
