//! Claims out of a payload whose signature has been verified.
//!
//! **Invariant:** a claim of the wrong JSON type, or out of range, is a refusal; it never counts as
//! absent (CVE-2026-25537), not even `null`.

use std::sync::Arc;

use serde_json::Map;

use super::{AccessClaims, RESERVED_CLAIMS};
use crate::TokenVersion;
use crate::ids::{Audience, IssuerId};
use crate::json::{Object, Raw};
use crate::reject::Reason;
use crate::scope::Scope;
use crate::time::UnixTime;

/// What the claims must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Arc<IssuerId>,
    pub(crate) audience: &'a Arc<Audience>,
    /// Whether the token must have a `client_id`, as RFC 9068 § 2.2 has it.
    pub(crate) client_id: bool,
}

/// Reads the claims in `payload`; the times in them are not judged yet.
pub(crate) fn read(payload: &[u8], expected: &Expected<'_>) -> Result<AccessClaims, Reason> {
    let claims = Claims(Object::parse(payload).map_err(|_| Reason::InvalidPayload)?);
    if claims.0.has("cnf") {
        // Whoever holds a bound token without its key has stolen it. Proofs (DPoP, mTLS) are checked
        // by profiles that do not exist yet, so none can be shown.
        return Err(Reason::ProofRequired);
    }
    if claims.required("iss")?.as_str().ok_or(Reason::InvalidClaim("iss"))?
        != expected.issuer.as_str()
    {
        return Err(Reason::WrongIssuer);
    }
    let audiences = claims.audiences(expected.audience)?;
    let client_id = claims.id("client_id")?;
    if expected.client_id && client_id.is_none() {
        return Err(Reason::MissingClaim("client_id"));
    }
    Ok(AccessClaims {
        issuer: Arc::clone(expected.issuer),
        audience: Arc::clone(expected.audience),
        audiences,
        subject: claims.id("sub")?.ok_or(Reason::MissingClaim("sub"))?,
        client_id,
        token_id: claims.id("jti")?.ok_or(Reason::MissingClaim("jti"))?,
        session_id: claims.id("sid")?,
        token_version: claims.version()?,
        issued_at: claims.date("iat")?.ok_or(Reason::MissingClaim("iat"))?,
        expires_at: claims.date("exp")?.ok_or(Reason::MissingClaim("exp"))?,
        not_before: claims.date("nbf")?,
        scope: claims.scope()?,
        auth_time: claims.date("auth_time")?,
        private: claims.private()?,
    })
}

struct Claims<'a>(Object<'a>);

impl<'a> Claims<'a> {
    fn required(&self, name: &'static str) -> Result<Raw<'a>, Reason> {
        self.0.get(name).ok_or(Reason::MissingClaim(name))
    }

    /// An identifier of its own type.
    fn id<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Reason> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let text = value.as_str().ok_or(Reason::InvalidClaim(name))?;
        text.parse().map(Some).map_err(|_| Reason::InvalidClaim(name))
    }

    fn date(&self, name: &'static str) -> Result<Option<UnixTime>, Reason> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        value.as_date().map(Some).ok_or(Reason::InvalidClaim(name))
    }

    /// Checks that `aud` is the audience, or an array of strings with it; gives the array.
    fn audiences(&self, expected: &Audience) -> Result<Option<Vec<Box<str>>>, Reason> {
        let aud = self.required("aud")?;
        if let Some(one) = aud.as_str() {
            return if one == expected.as_str() { Ok(None) } else { Err(Reason::WrongAudience) };
        }
        let all = aud.as_array().ok_or(Reason::InvalidClaim("aud"))?;
        let all: Option<Vec<Box<str>>> =
            all.into_iter().map(|one| one.as_str().map(Into::into)).collect();
        let all = all.ok_or(Reason::InvalidClaim("aud"))?;
        if all.iter().any(|one| **one == *expected.as_str()) {
            Ok(Some(all))
        } else {
            Err(Reason::WrongAudience)
        }
    }

    fn version(&self) -> Result<Option<TokenVersion>, Reason> {
        let Some(value) = self.0.get("ver") else { return Ok(None) };
        value.as_u64().map(TokenVersion::new).map(Some).ok_or(Reason::InvalidClaim("ver"))
    }

    fn scope(&self) -> Result<Option<Scope>, Reason> {
        let Some(value) = self.0.get("scope") else { return Ok(None) };
        let text = value.as_str().ok_or(Reason::InvalidClaim("scope"))?;
        Scope::parse(&text).map(Some).map_err(|_| Reason::InvalidClaim("scope"))
    }

    /// All claims that are not ours.
    fn private(&self) -> Result<Map<String, serde_json::Value>, Reason> {
        self.0
            .iter()
            .filter(|member| !RESERVED_CLAIMS.contains(&member.name.as_ref()))
            .map(|member| {
                let value = member.value.to_value().ok_or(Reason::InvalidPayload)?;
                Ok((member.name.clone().into_owned(), value))
            })
            .collect()
    }
}

impl AccessClaims {
    /// `nbf`: before when the token is not valid yet.
    #[must_use]
    pub const fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }
}
