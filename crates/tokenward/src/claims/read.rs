//! Claims out of a payload whose signature has been verified.
//!
//! **Invariant:** a claim of the wrong JSON type, or out of range, is a refusal; it never counts as
//! absent (CVE-2026-25537), not even `null`.
//! **Invariant:** a token that is bound to a key (`cnf`) is read only with the proof of that key,
//! whatever kind of token it is.

use std::borrow::Cow;
use std::sync::Arc;

use super::AccessClaimsRef;
use crate::ids::{Audience, ClientId, IssuerId, Jti, SessionId, Subject, TokenVersion};
use crate::json::{self, Raw, Sink, Text};
use crate::reject::Reason;
use crate::scope::ScopeRef;
use crate::time::UnixTime;

/// What the claims of an access token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Arc<IssuerId>,
    pub(crate) audience: &'a Arc<Audience>,
    /// Whether the token must have a `client_id`, as RFC 9068 § 2.2 has it.
    pub(crate) client_id: bool,
    /// The thumbprint of the key by which the sender has proved that the token is theirs.
    pub(crate) proven_key: Option<&'a str>,
}

/// Reads the claims in `payload`; the times in them are not judged yet.
pub(crate) fn read<'a>(
    payload: &'a [u8],
    expected: &Expected<'a>,
) -> Result<AccessClaimsRef<'a>, Reason> {
    let mut claims = Slots::default();
    json::scan(payload, &mut claims).map_err(|_| Reason::InvalidPayload)?;
    let key_thumbprint = claims.confirmation(expected.proven_key)?;
    if Claim("iss", claims.iss).required()?.text()? != expected.issuer.as_str() {
        return Err(Reason::WrongIssuer);
    }
    let audiences = Claim("aud", claims.aud).required()?.audiences(expected.audience)?;
    let client_id = Claim("client_id", claims.client_id).id(ClientId::fits)?;
    if expected.client_id && client_id.is_none() {
        return Err(Reason::MissingClaim("client_id"));
    }
    Ok(AccessClaimsRef {
        issuer: expected.issuer,
        audience: expected.audience,
        audiences,
        subject: required("sub", Claim("sub", claims.sub).id(Subject::fits)?)?,
        client_id,
        token_id: required("jti", Claim("jti", claims.jti).id(Jti::fits)?)?,
        session_id: Claim("sid", claims.sid).id(SessionId::fits)?,
        token_version: Claim("ver", claims.ver).version()?,
        issued_at: required("iat", Claim("iat", claims.iat).date()?)?,
        expires_at: required("exp", Claim("exp", claims.exp).date()?)?,
        not_before: Claim("nbf", claims.nbf).date()?,
        scope: Claim("scope", claims.scope).id(|text| ScopeRef::parse(text).is_ok())?,
        auth_time: Claim("auth_time", claims.auth_time).date()?,
        key_thumbprint,
        payload,
    })
}

/// The claims that mean something to us, found in one pass.
#[derive(Default)]
struct Slots<'a> {
    iss: Option<Raw<'a>>,
    aud: Option<Raw<'a>>,
    sub: Option<Raw<'a>>,
    client_id: Option<Raw<'a>>,
    jti: Option<Raw<'a>>,
    sid: Option<Raw<'a>>,
    iat: Option<Raw<'a>>,
    exp: Option<Raw<'a>>,
    nbf: Option<Raw<'a>>,
    ver: Option<Raw<'a>>,
    scope: Option<Raw<'a>>,
    auth_time: Option<Raw<'a>>,
    cnf: Option<Raw<'a>>,
}

impl<'a> Slots<'a> {
    /// The thumbprint of the key that the token is bound to (RFC 9449 § 6.1), which must be the one
    /// that was proven. Whoever holds a bound token without its key has stolen it.
    fn confirmation(&self, proven: Option<&str>) -> Result<Option<Cow<'a, str>>, Reason> {
        let (cnf, proven) = match (self.cnf, proven) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(Reason::ProofRequired),
            // A proof for a token that needs none: a client that mistakes a bearer token for a bound
            // one would never notice that it can be stolen (RFC 9449 § 7.1).
            (None, Some(_)) => return Err(Reason::NotBound),
            (Some(cnf), Some(proven)) => (cnf, proven),
        };
        let text = cnf.as_object_text().ok_or(Reason::InvalidClaim("cnf"))?;
        let mut methods = Methods::default();
        json::scan(text.as_bytes(), &mut methods).map_err(|_| Reason::InvalidClaim("cnf"))?;
        // A second method that we do not know may be the one that the issuer relies on.
        match methods {
            Methods { thumbprint: Some(key), others: false } => {
                let key = key.as_str().ok_or(Reason::InvalidClaim("cnf"))?;
                if key == proven { Ok(Some(key)) } else { Err(Reason::WrongProof) }
            }
            _ => Err(Reason::ProofRequired),
        }
    }
}

/// By what a token can be bound (RFC 7800 § 3.1): the key's thumbprint, and whether by anything else.
#[derive(Default)]
struct Methods<'a> {
    thumbprint: Option<Raw<'a>>,
    others: bool,
}

impl<'a> Sink<'a> for Methods<'a> {
    fn member(&mut self, name: Text<'a>, value: Raw<'a>) {
        if name.to_str() == "jkt" {
            self.thumbprint = Some(value);
        } else {
            self.others = true;
        }
    }
}

impl<'a> Sink<'a> for Slots<'a> {
    fn member(&mut self, name: Text<'a>, value: Raw<'a>) {
        // As bytes, which are compared in place; texts would be by a call for each name.
        let slot = match name.to_str().as_bytes() {
            b"iss" => &mut self.iss,
            b"aud" => &mut self.aud,
            b"sub" => &mut self.sub,
            b"client_id" => &mut self.client_id,
            b"jti" => &mut self.jti,
            b"sid" => &mut self.sid,
            b"iat" => &mut self.iat,
            b"exp" => &mut self.exp,
            b"nbf" => &mut self.nbf,
            b"ver" => &mut self.ver,
            b"scope" => &mut self.scope,
            b"auth_time" => &mut self.auth_time,
            b"cnf" => &mut self.cnf,
            _ => return,
        };
        *slot = Some(value);
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
