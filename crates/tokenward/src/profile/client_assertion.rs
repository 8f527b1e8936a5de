//! Client assertions: a client of an authorization server proves who it is by a token that it has signed
//! itself (`private_key_jwt`, RFC 7523 § 3, OpenID Connect Core § 9), or by one that its platform has signed
//! for it (a JWT-SVID of SPIFFE).
//!
//! | | [`Verifier::client_assertion`] | [`Verifier::jwt_svid`] |
//! | --- | --- | --- |
//! | who signs | the client, with a key of its own | the trust domain of the workload |
//! | `iss` | the client, as `sub` | not read: the keys say which trust domain it is |
//! | `sub` | the client | the SPIFFE ID of the client |
//! | `aud` | one alone, who is asked | the same |
//! | `exp` | required; 5 minutes at most from `iat`, or from now where there is none | required; an hour at most |
//! | `jti` | required: an assertion is good once | not read: a workload shows an SVID again |
//! | `typ` | `client-authentication+jwt`, `JWT` or none | `JWT`, `JOSE` or none |
//! | header | as for every token | nothing but `alg`, `kid` and `typ` (JWT-SVID § 2) |
//! | algorithms | all but symmetric ones | RSA and ECDSA (JWT-SVID § 2.1) |
//!
//! With several audiences an assertion that one server has seen could be shown to another, so there must be
//! one (draft-ietf-oauth-rfc7523bis § 4). Claims that make a token another kind (`events`, `nonce`,
//! `at_hash`, `client_id`, `cnf`) are refused.
//!
//! What it cannot check, for it keeps nothing: **whether an assertion was used before**. Remember the pair of
//! [`AssertionClaims::subject`] and [`AssertionClaims::token_id`] until
//! [`AssertionClaims::remember_until`], and refuse it the second time.
//!
//! ```
//! # fn f(jwks: &[u8], assertion: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{IssuerId, KeySet, Subject, Verifier};
//!
//! let verifier = Verifier::client_assertion()
//!     .issuer(IssuerId::new("invoices")?)
//!     .subject(Subject::new("invoices")?)
//!     .keys(KeySet::parse(jwks)?) // the client's public keys
//!     .build();
//! let us = ["https://auth.example.com", "https://auth.example.com/oauth2/token"];
//! let claims = verifier.verify(assertion, &us, now)?;
//! println!("this is {}", claims.subject());
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use super::{Policy, Profile, Sealed, Times, Token, Typed, is_type};
use crate::alg::Algorithm;
use crate::claims::{Fields, required};
use crate::compact::Compact;
use crate::ids::{IssuerId, Jti, Subject};
use crate::json::{Object, Raw};
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{Scratch, Verified, Verifier, VerifierBuilder};

/// How a client says who it is: see the [module](self).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ClientAssertion {
    svid: bool,
}

/// The claims of a client assertion.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AssertionClaims {
    subject: Subject,
    audience: Box<str>,
    token_id: Option<Jti>,
    expires_at: UnixTime,
    remember_until: UnixTime,
}

/// What other kinds of tokens have, and no assertion.
const FOREIGN: [&str; 5] = ["events", "nonce", "at_hash", "c_hash", "client_id"];

impl Profile for ClientAssertion {
    type Claims = AssertionClaims;
    type Addressee = Subject;
    const TYPE: &'static str = "client-authentication+jwt";
    const MAX_LIFETIME: Duration = Duration::from_secs(5 * 60);
    const LONGEST_LIFETIME: Duration = Duration::from_secs(60 * 60);
}

impl Sealed for ClientAssertion {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        let own = if self.svid { "JOSE" } else { Self::TYPE };
        (typ.is_none() || is_type(typ, "JWT") || is_type(typ, own)).then_some(Typed::Itself)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(AssertionClaims, Times), Reason> {
        let svid = policy.profile.svid;
        check_algorithm(token.algorithm, svid)?;
        let payload = token.members()?;
        let claims = if svid {
            check_header(token.header)?;
            let claims = Fields::of_any(&payload);
            claims.without(&["cnf"])?;
            claims
        } else {
            Fields::of(&payload, &policy.issuer)?
        };
        claims.without(&FOREIGN)?;
        claims.check_subject(&policy.addressee)?;
        if !is_of(&policy.addressee, &policy.issuer, svid) {
            return Err(Reason::WrongSubject);
        }
        let token_id = claims.id("jti", Jti::fits, Jti::fitting)?;
        if token_id.is_none() && !svid {
            return Err(Reason::MissingClaim("jti"));
        }
        let times = claims.times()?;
        let expires_at = required("exp", times.expires_at)?;
        let read = AssertionClaims {
            subject: policy.addressee.as_ref().clone(),
            audience: only_audience(claims)?,
            token_id,
            expires_at,
            remember_until: expires_at.saturating_add(policy.leeway),
        };
        Ok((read, times))
    }

    fn form(&self) -> super::Form {
        // The header of an SVID is read whole, and both may lack the type.
        super::Form { plain_header: false, ..super::Form::COMPACT }
    }

    fn max_lifetime(&self) -> Duration {
        if self.svid { Self::LONGEST_LIFETIME } else { Self::MAX_LIFETIME }
    }
}

/// Whether `issuer` may say that something is `subject`: a client of itself (RFC 7523 § 3), a trust domain of
/// what is below it (SPIFFE-ID § 2).
fn is_of(subject: &Subject, issuer: &IssuerId, svid: bool) -> bool {
    let below = subject.as_str().strip_prefix(issuer.as_str());
    match below {
        Some(path) if svid => issuer.as_str().starts_with("spiffe://") && path.starts_with('/'),
        Some(rest) => rest.is_empty(),
        None => false,
    }
}

/// A MAC proves nothing to a server that can make it too; SPIFFE has a list of its own (JWT-SVID § 2.1).
fn check_algorithm(algorithm: Algorithm, svid: bool) -> Result<(), Reason> {
    let name = algorithm.as_str();
    let in_spiffe = ["RS", "ES", "PS"].iter().any(|family| name.starts_with(family));
    if algorithm.is_symmetric() || (svid && !in_spiffe) {
        return Err(Reason::UnsupportedAlgorithm);
    }
    Ok(())
}

/// JWT-SVID § 2: no other header parameter may be there.
fn check_header(header: &[u8]) -> Result<(), Reason> {
    let header = Object::parse(header).map_err(|_| Reason::InvalidHeader)?;
    let known = |name: &str| matches!(name, "alg" | "kid" | "typ");
    if header.iter().all(|member| known(&member.name.to_str())) {
        Ok(())
    } else {
        Err(Reason::InvalidHeader)
    }
}

/// The one whom the token is for; a list of one is one.
fn only_audience(claims: Fields<'_, '_>) -> Result<Box<str>, Reason> {
    let invalid = Reason::InvalidClaim("aud");
    let one = match required("aud", claims.claim("aud").raw())? {
        Raw::Array(list) => match Raw::Array(list).as_array().ok_or(invalid)?.as_slice() {
            [one] => *one,
            _ => return Err(invalid),
        },
        one => one,
    };
    one.as_str().map(Into::into).ok_or(invalid)
}

impl Verifier {
    /// Begins a verifier of [assertions that a client signs itself](crate::profile::client_assertion): issuer
    /// and subject are both the client.
    pub fn client_assertion() -> VerifierBuilder<ClientAssertion> {
        VerifierBuilder::new(ClientAssertion { svid: false })
    }

    /// Begins a verifier of [JWT-SVIDs](crate::profile::client_assertion): the issuer is the trust domain
    /// (`spiffe://example.org`), the subject the SPIFFE ID of the client, and the keys are those of the trust
    /// domain's bundle.
    pub fn jwt_svid() -> VerifierBuilder<ClientAssertion> {
        VerifierBuilder::new(ClientAssertion { svid: true })
    }
}

impl Verifier<ClientAssertion> {
    /// Verifies `assertion` as of `now`. It must be for one of `recipients`, which are names of the same
    /// server: its issuer identifier, and the URL of its token endpoint (RFC 7523 § 3, rule 3).
    ///
    /// The [module](crate::profile::client_assertion) has an example.
    pub fn verify(
        &self,
        assertion: &str,
        recipients: &[&str],
        now: UnixTime,
    ) -> Result<Verified<AssertionClaims>, Rejected> {
        let mut scratch = Scratch::default();
        let (token, key) = self.authenticate(assertion, &mut scratch)?;
        let (claims, times) = ClientAssertion::read(token, self.policy())?;
        if !recipients.contains(&&*claims.audience) {
            return Err(Reason::WrongAudience.into());
        }
        Ok(self.judged(claims, &times, key, now)?)
    }
}

impl ClientAssertion {
    /// Who `assertion` says it is from: whose keys to look for, and nothing more. Anybody may have written
    /// it; [`Verifier::verify`] with the keys of that client decides.
    #[must_use]
    pub fn claimed_subject(assertion: &str) -> Option<Subject> {
        let token = Compact::split(assertion).ok()?;
        token.check_parts().ok()?;
        let payload = token.decode_payload().ok()?;
        let payload = Object::parse(&payload).ok()?;
        Fields::of_any(&payload).id("sub", Subject::fits, Subject::fitting).ok()?
    }
}

impl AssertionClaims {
    /// `sub`: the client, or the SPIFFE ID of the workload.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// `aud`: the recipient for which it was made.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// `jti`: the name of this one assertion. An SVID need not have one.
    #[must_use]
    pub const fn token_id(&self) -> Option<&Jti> {
        self.token_id.as_ref()
    }

    /// `exp`: when the assertion ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// Until when the assertion must be remembered: from then on it is refused for its age.
    #[must_use]
    pub const fn remember_until(&self) -> UnixTime {
        self.remember_until
    }
}
