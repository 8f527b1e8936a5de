//! Access tokens of issuers that do not keep to RFC 9068, each by a [`Preset`] of its own.
//!
//! A foreign token gives [`ForeignClaims`], so that a handler for our own tokens cannot be given one.
//! Each preset says which rules it lets go and what stands in their place; there is no switch for a
//! single rule. Whatever the preset: `iss`, the audience, `sub` and `exp` are required and compared, a
//! token with `cnf` is refused (nothing here checks its proof), and one with `events`, `nonce`, `at_hash`
//! or `c_hash` too, for it is a security event or an ID token (but see [`Preset::Keycloak`]).
//!
//! Presets are told apart by their issuers, not by their form: a token of one issuer can look like that
//! of another. Keys and issuer belong together.
//!
//! ```
//! # fn f(jwks: &[u8], token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Preset, Verifier};
//!
//! let verifier = Verifier::foreign(Preset::Auth0)
//!     .issuer(IssuerId::new("https://example.eu.auth0.com/")?)
//!     .audience(Audience::foreign("https://api.example.com")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(token, now)?;
//! println!("{} may {}", claims.subject(), claims.scope());
//! # Ok(())
//! # }
//! ```
//!
//! The issuer is compared whole, to its last `/`. What it is as a rule, and where its keys are, beside its
//! discovery document, which decides:
//!
//! | preset | issuer | audience | keys |
//! | --- | --- | --- | --- |
//! | [`Preset::Auth0`] | `https://TENANT.REGION.auth0.com/` | the identifier of the API | `.well-known/jwks.json` after the issuer |
//! | [`Preset::Cognito`] | `https://cognito-idp.REGION.amazonaws.com/POOL` | the id of the app client | `/.well-known/jwks.json` after the issuer |
//! | [`Preset::AwsLoadBalancer`] | that of its identity provider | its client id there | one PEM a key: `https://public-keys.auth.elb.REGION.amazonaws.com/KID` |
//! | [`Preset::EntraV2`] | `https://login.microsoftonline.com/TENANT/v2.0` | the application id of the API | `https://login.microsoftonline.com/TENANT/discovery/v2.0/keys` |
//! | [`Preset::Keycloak`] | `https://HOST/realms/REALM` | what an audience mapper says | `/protocol/openid-connect/certs` after the issuer |
//! | [`Preset::Okta`] | `https://DOMAIN/oauth2/SERVER` | that of the authorization server | `/v1/keys` after the issuer |
//! | [`Preset::Google`] | `https://accounts.google.com` | what the caller asked for, as a rule the URL of the service | `https://www.googleapis.com/oauth2/v3/certs` |
//! | [`Preset::Plain`] | as its tokens say | as its tokens say | |

mod claims;
mod preset;
mod read;

use std::time::Duration;

use serde::de::DeserializeOwned;

pub use claims::ForeignClaims;
pub use preset::Preset;

use super::{DAY, Form, Policy, Profile, Sealed, SelfContained, Times, Token, Typed, is_type};
use crate::ids::Audience;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{Scratch, Verified, Verifier, VerifierBuilder};

/// An access token of another make: see the [module](self).
#[derive(Clone, Debug)]
pub struct ForeignToken {
    pub(crate) preset: Preset,
}

impl Profile for ForeignToken {
    type Claims = ForeignClaims;
    type Addressee = Audience;
    const TYPE: &'static str = "JWT";
    const MAX_LIFETIME: Duration = Duration::from_secs(60 * 60);
    const LONGEST_LIFETIME: Duration = DAY;
}

impl SelfContained for ForeignToken {}

impl Sealed for ForeignToken {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        let rules = self.preset.rules();
        let ok = match typ {
            None => rules.typ.untyped(),
            Some(_) => rules.typ.typed() && is_type(typ, Self::TYPE),
        };
        ok.then_some(Typed::Admitted)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(ForeignClaims, Times), Reason> {
        read::read(token, policy)
    }

    fn form(&self) -> Form {
        // The header is always decoded: that of a load balancer says more than ours would.
        let padded = matches!(self.preset, Preset::AwsLoadBalancer(_));
        Form { padded, plain_header: false, ..Form::COMPACT }
    }

    fn max_lifetime(&self) -> Duration {
        self.preset.rules().max_lifetime
    }
}

impl Verifier {
    /// Begins a verifier of [foreign access tokens](crate::profile::foreign).
    ///
    /// ```
    /// # fn f(issuer: tokenward::IssuerId, audience: tokenward::Audience, keys: tokenward::KeySet) {
    /// use tokenward::{ForeignToken, Preset, Verifier};
    ///
    /// let verifier: Verifier<ForeignToken> =
    ///     Verifier::foreign(Preset::Plain).issuer(issuer).audience(audience).keys(keys).build();
    /// # }
    /// ```
    pub fn foreign(preset: Preset) -> VerifierBuilder<ForeignToken> {
        VerifierBuilder::new(ForeignToken { preset })
    }
}

impl Verifier<ForeignToken> {
    /// As [`Self::verify`], with the claims that are not in RFC 7519 read as `T`; a token in which they
    /// are not of that type is refused.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier<tokenward::ForeignToken>, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// #[derive(serde::Deserialize)]
    /// struct Entra {
    ///     tid: String,
    ///     #[serde(default)]
    ///     roles: Vec<String>,
    /// }
    ///
    /// let claims = verifier.verify_as::<Entra>(token, now)?;
    /// println!("{} of tenant {}", claims.subject(), claims.private().tid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_as<T: DeserializeOwned>(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<Verified<ForeignClaims<T>>, Rejected> {
        let mut scratch = Scratch::default();
        let (token, key) = self.authenticate(token, &mut scratch)?;
        let (claims, times) = read::read::<T>(token, self.policy())?;
        Ok(self.judged(claims, &times, key, now)?)
    }
}
