//! Access tokens (RFC 9068).

use std::str::FromStr;
use std::time::Duration;

use super::{Policy, Profile, Sealed, SelfContained, Times, Token, Typed, is_type};
use crate::claims::{self, AccessClaims, AccessClaimsRef, Expected, Proven};
use crate::ids::Audience;
use crate::issue::AccessLifetime;
use crate::reject::Reason;

/// What a client calls an API with: `typ: at+jwt`, `iss`, `aud`, `sub`, `client_id`, `jti`, `iat` and
/// `exp` required, 15 minutes at most unless said otherwise (RFC 9068 § 2).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct AccessToken {
    pub(crate) accept: TokenType,
}

impl Profile for AccessToken {
    type Claims = AccessClaims;
    type Addressee = Audience;
    const TYPE: &'static str = "at+jwt";
    const MAX_LIFETIME: Duration = AccessLifetime::MAX;
    const LONGEST_LIFETIME: Duration = super::DAY;
}

impl SelfContained for AccessToken {}

impl Sealed for AccessToken {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        if is_type(typ, Self::TYPE) {
            return Some(Typed::Itself);
        }
        let other = typ.is_none() || is_type(typ, "JWT");
        (self.accept == TokenType::Jwt && other).then_some(Typed::Admitted)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(AccessClaims, Times), Reason> {
        let claims = read(token, policy, Proven::NOTHING)?;
        Ok((claims.to_owned_map()?, claims.times()))
    }
}

/// Reads the claims of `token`, whose sender has shown what is `proven`.
pub(crate) fn read<'a>(
    token: Token<'a>,
    policy: &'a Policy<AccessToken>,
    proven: Proven<'a>,
) -> Result<AccessClaimsRef<'a>, Reason> {
    let expected = Expected {
        issuer: &policy.issuer,
        audience: &policy.addressee,
        client_id: token.typed == Typed::Itself,
        proven,
    };
    claims::read(token.payload, &expected)
}

/// What an access token's `typ` may be.
///
/// ```
/// # use tokenward::{Audience, IssuerId, KeySet};
/// # fn f(issuer: IssuerId, audience: Audience, keys: KeySet) {
/// use tokenward::{TokenType, Verifier};
///
/// let verifier = Verifier::builder()
///     .issuer(issuer)
///     .audience(audience)
///     .keys(keys)
///     .accept_type(TokenType::Jwt) // gives up the wall between kinds of tokens
///     .build();
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenType {
    /// An access token of RFC 9068: `at+jwt` or `application/at+jwt`, with a `client_id`.
    #[default]
    AccessToken,
    /// Also `JWT`, or no `typ` at all, and then without `client_id`: for issuers that set no type, and
    /// otherwise say all that an access token does. For others, see
    /// [`Preset`](crate::Preset).
    ///
    /// # Security
    ///
    /// This gives up the wall between kinds of tokens (RFC 8725 § 3.11): any JWT that the same keys
    /// sign for the same audience is taken, an ID token perhaps.
    Jwt,
}

/// The text is the name of no token type that may be accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the token type must be at+jwt or JWT")]
#[non_exhaustive]
pub struct UnknownTokenType;

impl FromStr for TokenType {
    type Err = UnknownTokenType;

    fn from_str(name: &str) -> Result<Self, UnknownTokenType> {
        if is_type(Some(name), AccessToken::TYPE) {
            Ok(Self::AccessToken)
        } else if is_type(Some(name), "JWT") {
            Ok(Self::Jwt)
        } else {
            Err(UnknownTokenType)
        }
    }
}
