//! The claims of foreign tokens, read by the rules of their preset.

use std::sync::Arc;

use serde::Deserialize;

use super::ForeignToken;
use super::claims::ForeignClaims;
use super::preset::{AudienceIn, Member, Preset, ScopeIn};
use crate::alg::Algorithm;
use crate::claims::{Fields, required};
use crate::ids::{Audience, ClientId, Jti, LoadBalancerArn, Subject};
use crate::json::{Object, Raw};
use crate::profile::{Policy, Times, Token};
use crate::reject::Reason;
use crate::scope::Scope;
use crate::time::UnixTime;

/// The claims that RFC 7519 has.
const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

pub(super) fn read<'a, T: Deserialize<'a>>(
    token: Token<'a>,
    policy: &Policy<ForeignToken>,
) -> Result<(ForeignClaims<T>, Times), Reason> {
    let rules = policy.profile.preset.rules();
    let payload = token.members()?;
    let claims = Fields::of(&payload, &policy.issuer)?;
    claims.without(rules.without)?;
    let outer = match &policy.profile.preset {
        Preset::AwsLoadBalancer(signer) => Some(Outer::read(token, policy, signer)?),
        preset => {
            check(preset, claims)?;
            None
        }
    };
    check_audience(rules.audience, claims, &policy.addressee)?;
    let mut times = claims.times()?;
    let mut expires_at = required("exp", times.expires_at)?;
    if let Some(outer) = &outer {
        expires_at = expires_at.min(outer.expires_at);
        times.expires_at = Some(expires_at);
    }
    if rules.issued_at {
        required("iat", times.issued_at)?;
    }
    let read = ForeignClaims {
        issuer: Arc::clone(&policy.issuer),
        audience: Arc::clone(&policy.addressee),
        subject: claims.required_id("sub", Subject::fits, Subject::fitting)?,
        client_id: match outer {
            Some(outer) => Some(outer.client),
            None => named(claims, rules.client, ClientId::fits, ClientId::fitting)?,
        },
        token_id: named(claims, rules.token_id, Jti::fits, Jti::fitting)?,
        scope: scope(claims, rules.scope)?,
        issued_at: times.issued_at,
        expires_at,
        not_before: times.not_before,
        private: claims.private(&REGISTERED)?,
    };
    Ok((read, times))
}

/// What stands in the place of a type of their own.
fn check(preset: &Preset, claims: Fields<'_, '_>) -> Result<(), Reason> {
    match preset {
        Preset::Cognito => claims.claim("token_use").is("access"),
        Preset::Keycloak => claims.claim("typ").is("Bearer"),
        Preset::Okta => match required("ver", claims.claim("ver").number()?)? {
            1 => Ok(()),
            _ => Err(Reason::InvalidClaim("ver")),
        },
        Preset::EntraV2 => {
            claims.claim("ver").is("2.0")?;
            match (claims.text("scp")?, claims.texts("roles")?.is_empty()) {
                (None, true) => Err(Reason::MissingClaim("scp")),
                _ => Ok(()),
            }
        }
        Preset::Google => {
            let verified = claims.claim("email_verified").raw() == Some(Raw::Bool(true));
            match claims.text("email")? {
                Some(_) if !verified => Err(Reason::InvalidClaim("email_verified")),
                _ => Ok(()),
            }
        }
        Preset::Auth0 | Preset::Plain | Preset::AwsLoadBalancer(_) => Ok(()),
    }
}

fn check_audience(
    place: AudienceIn,
    claims: Fields<'_, '_>,
    expected: &Audience,
) -> Result<(), Reason> {
    let aud = claims.claim("aud");
    match place {
        AudienceIn::Aud => aud.required()?.audiences(expected).map(drop),
        AudienceIn::ClientId if aud.raw().is_some() => {
            aud.required()?.audiences(expected).map(drop)
        }
        AudienceIn::ClientId
            if claims.claim("client_id").required()?.text()? == expected.as_str() =>
        {
            Ok(())
        }
        AudienceIn::ClientId => Err(Reason::WrongAudience),
        // Checked with the header; a second one elsewhere is none that is documented.
        AudienceIn::Header => claims.without(&["aud"]),
    }
}

fn named<T>(
    claims: Fields<'_, '_>,
    member: Member,
    fits: fn(&str) -> bool,
    fitting: fn(Box<str>) -> T,
) -> Result<Option<T>, Reason> {
    match member {
        Member::Required(name) => claims.required_id(name, fits, fitting).map(Some),
        Member::Optional(name) => claims.id(name, fits, fitting),
        Member::None => Ok(None),
    }
}

fn scope(claims: Fields<'_, '_>, place: ScopeIn) -> Result<Scope, Reason> {
    let (name, text) = match place {
        ScopeIn::None => return Ok(Scope::empty()),
        ScopeIn::Text(name) => (name, claims.text(name)?.unwrap_or_default()),
        ScopeIn::Array(name) => {
            let names = claims.texts(name)?;
            if names.iter().any(|one| one.is_empty() || one.contains(' ')) {
                return Err(Reason::InvalidClaim(name));
            }
            (name, names.join(" ").into())
        }
    };
    Scope::parse(&text).map_err(|_| Reason::InvalidClaim(name))
}

/// What a load balancer says in the header.
struct Outer {
    client: ClientId,
    expires_at: UnixTime,
}

impl Outer {
    fn read(
        token: Token<'_>,
        policy: &Policy<ForeignToken>,
        signer: &LoadBalancerArn,
    ) -> Result<Self, Reason> {
        if token.algorithm != Algorithm::Es256 {
            return Err(Reason::UnsupportedAlgorithm);
        }
        let header = Object::parse(token.header).map_err(|_| Reason::InvalidHeader)?;
        let text = |name| header.get(name).and_then(Raw::as_str).ok_or(Reason::InvalidHeader);
        if text("signer")? != signer.as_str() {
            return Err(Reason::WrongSigner);
        }
        if text("iss")? != policy.issuer.as_str() {
            return Err(Reason::WrongIssuer);
        }
        let client = text("client")?;
        if client != policy.addressee.as_str() {
            return Err(Reason::WrongAudience);
        }
        let client = ClientId::new(client).map_err(|_| Reason::InvalidHeader)?;
        let expires_at = header.get("exp").and_then(Raw::as_date).ok_or(Reason::InvalidHeader)?;
        Ok(Self { client, expires_at })
    }
}
