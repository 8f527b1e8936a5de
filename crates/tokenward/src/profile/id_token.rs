//! ID tokens (OpenID Connect Core § 2): who has logged in, told to the client that asked.
//!
//! An ID token has no `typ` of its own. It is `JWT` or not there at all, as in many other tokens, so
//! that there is no wall by type here (RFC 8725 § 3.11). What stands in its place:
//!
//! - `aud` is the client, and no API is called by that name; with several audiences, `azp` must be the
//!   client too, and an `azp` of anybody else is refused (§ 3.1.3.7, rules 3 to 5);
//! - `nonce` answers the request of this one login, and [`Verifier<IdToken>`] has no `verify` that could
//!   do without it (rule 11);
//! - a token with `events` is a logout token or another security event, and refused.
//!
//! Required: `iss`, `sub`, `aud`, `exp`, `iat`. An hour at most from `iat` to `exp` unless said
//! otherwise, and never over 24 hours.
//!
//! ```
//! # fn f(jwks: &[u8], id_token: &str, access_token: &str, sent: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Nonce, Verifier};
//!
//! let verifier = Verifier::id_token()
//!     .issuer(IssuerId::new("https://login.example.com")?)
//!     .audience(Audience::foreign("our-client-id")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(id_token, Nonce::Sent(sent), now)?;
//! claims.check_access_token(access_token)?;
//! println!("{} has logged in", claims.subject());
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{DAY, Policy, Profile, Sealed, Times, Token, Typed, is_type};
use crate::alg::Algorithm;
use crate::b64;
use crate::claims::{Fields, required};
use crate::compact::Compact;
use crate::crypto::sha2_of;
use crate::ids::{Audience, IssuerId, SessionId, Subject};
use crate::json::Object;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;
use crate::verify::{Scratch, Verified, Verifier, VerifierBuilder};

/// What an identity provider tells a client about a login: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct IdToken;

/// What became of the nonce of a login (OpenID Connect Core § 3.1.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a nonce was sent, or it was not")]
pub enum Nonce<'a> {
    /// This one was sent with the request, from this browser's session. The token must have it.
    Sent(&'a str),
    /// None was sent. A token with one answers somebody else's request, and is refused.
    ///
    /// # Security
    ///
    /// Then nothing ties the token to this login but the code that it was fetched with: for the code
    /// flow with PKCE alone (RFC 9700 § 2.1.1).
    NotSent,
}

/// The claims of an ID token, each of its own type. `T` is what the claims about the person are read as
/// (`name`, `email` and the like, OpenID Connect Core § 5.1): a map, or a type of yours.
#[derive(Clone, Eq, PartialEq)]
pub struct IdClaims<T = Map<String, Value>> {
    issuer: Arc<IssuerId>,
    client: Arc<Audience>,
    subject: Subject,
    issued_at: UnixTime,
    expires_at: UnixTime,
    auth_time: Option<UnixTime>,
    session_id: Option<SessionId>,
    context_class: Option<Box<str>>,
    methods: Vec<Box<str>>,
    nonce: Option<Box<str>>,
    access_token_hash: Option<Box<str>>,
    code_hash: Option<Box<str>>,
    algorithm: Algorithm,
    private: T,
}

/// What is not private in an ID token.
const READ: [&str; 15] = [
    "iss",
    "aud",
    "azp",
    "sub",
    "iat",
    "exp",
    "nbf",
    "auth_time",
    "sid",
    "acr",
    "amr",
    "nonce",
    "at_hash",
    "c_hash",
    "cnf",
];

impl Profile for IdToken {
    type Claims = IdClaims;
    type Addressee = Audience;
    const TYPE: &'static str = "JWT";
    const MAX_LIFETIME: Duration = Duration::from_secs(60 * 60);
    const LONGEST_LIFETIME: Duration = DAY;
}

impl Sealed for IdToken {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        (typ.is_none() || is_type(typ, Self::TYPE)).then_some(Typed::Itself)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(IdClaims, Times), Reason> {
        read(token, policy)
    }
}

fn read<T: DeserializeOwned>(
    token: Token<'_>,
    policy: &Policy<IdToken>,
) -> Result<(IdClaims<T>, Times), Reason> {
    let payload = token.members()?;
    let claims = Fields::of(&payload, &policy.issuer)?;
    claims.without(&["events"])?;
    check_parties(claims, &policy.addressee)?;
    let times = claims.times()?;
    let read = IdClaims {
        issuer: Arc::clone(&policy.issuer),
        client: Arc::clone(&policy.addressee),
        subject: claims.required_id("sub", Subject::fits, Subject::fitting)?,
        issued_at: required("iat", times.issued_at)?,
        expires_at: required("exp", times.expires_at)?,
        auth_time: claims.claim("auth_time").date()?,
        session_id: claims.id("sid", SessionId::fits, SessionId::fitting)?,
        context_class: claims.text("acr")?,
        methods: claims.texts("amr")?,
        nonce: claims.text("nonce")?,
        access_token_hash: claims.text("at_hash")?,
        code_hash: claims.text("c_hash")?,
        algorithm: token.algorithm,
        private: claims.private(&READ)?,
    };
    Ok((read, times))
}

/// Rules 3 to 5 of OpenID Connect Core § 3.1.3.7. An audience that we do not know is trusted only where
/// the issuer says that the token was made for us (`azp`).
fn check_parties(claims: Fields<'_, '_>, client: &Audience) -> Result<(), Reason> {
    let audience = claims.claim("aud");
    audience.required()?.audiences(client)?;
    let several = audience.len().is_some_and(|len| len > 1);
    match claims.text("azp")? {
        Some(party) if *party == *client.as_str() => Ok(()),
        Some(_) => Err(Reason::InvalidClaim("azp")),
        None if several => Err(Reason::MissingClaim("azp")),
        None => Ok(()),
    }
}

impl Verifier {
    /// Begins a verifier of [ID tokens](crate::profile::id_token), whose audience is the client's
    /// `client_id`.
    pub fn id_token() -> VerifierBuilder<IdToken> {
        VerifierBuilder::new(IdToken)
    }
}

impl Verifier<IdToken> {
    /// Verifies `token` as of `now`, as the answer to a request that was sent with `nonce`. The
    /// [module](crate::profile::id_token) has an example.
    pub fn verify(
        &self,
        token: &str,
        nonce: Nonce<'_>,
        now: UnixTime,
    ) -> Result<Verified<IdClaims>, Rejected> {
        self.verify_as(token, nonce, now)
    }

    /// As [`Self::verify`], with the claims about the person read as `T`; a token in which they are not
    /// of that type is refused.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier<tokenward::IdToken>, token: &str, nonce: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// #[derive(serde::Deserialize)]
    /// struct Person {
    ///     email: Option<String>,
    ///     #[serde(default)]
    ///     email_verified: bool,
    /// }
    ///
    /// let claims = verifier.verify_as::<Person>(token, tokenward::Nonce::Sent(nonce), now)?;
    /// let _email = claims.private().email.as_ref().filter(|_| claims.private().email_verified);
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_as<T: DeserializeOwned>(
        &self,
        token: &str,
        nonce: Nonce<'_>,
        now: UnixTime,
    ) -> Result<Verified<IdClaims<T>>, Rejected> {
        let mut scratch = Scratch::default();
        let (token, key) = self.authenticate(token, &mut scratch)?;
        let (claims, times) = read::<T>(token, self.policy())?;
        let expected = match nonce {
            Nonce::Sent(nonce) => Some(nonce),
            Nonce::NotSent => None,
        };
        if claims.nonce.as_deref() != expected {
            return Err(Reason::WrongNonce.into());
        }
        Ok(self.judged(claims, &times, key, now)?)
    }
}

impl IdToken {
    /// Who issued `token`, as it says itself: which verifier to ask, and nothing more. Anybody may have
    /// written it.
    #[must_use]
    pub fn claimed_issuer(token: &str) -> Option<IssuerId> {
        let token = Compact::split(token).ok()?;
        token.check_parts().ok()?;
        let payload = token.decode_payload().ok()?;
        let payload = Object::parse(&payload).ok()?;
        Fields::of_any(&payload).id("iss", IssuerId::fits, IssuerId::fitting).ok()?
    }
}

impl<T> IdClaims<T> {
    /// `iss`: who says so; always the one that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// The client that the verifier is, which `aud` names.
    #[must_use]
    pub fn client_id(&self) -> &Audience {
        &self.client
    }

    /// `sub`: who logged in. It identifies somebody only together with the issuer.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// `iat`: when the token was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: when the token ends. The login need not end with it.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// `auth_time`: when they last proved who they are. If `max_age` was asked for, it must be there
    /// and be no older (OpenID Connect Core § 3.1.2.1).
    #[must_use]
    pub const fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }

    /// `sid`: the session at the issuer, by which a logout token may name it.
    #[must_use]
    pub const fn session_id(&self) -> Option<&SessionId> {
        self.session_id.as_ref()
    }

    /// `acr`: the class of authentication. If `acr_values` was asked for, compare it.
    #[must_use]
    pub fn context_class(&self) -> Option<&str> {
        self.context_class.as_deref()
    }

    /// `amr`: the methods of authentication (RFC 8176); none if the token does not say.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(AsRef::as_ref)
    }

    /// All other claims.
    #[must_use]
    pub const fn private(&self) -> &T {
        &self.private
    }

    /// Checks that `access_token` was issued together with this ID token: `at_hash` (OpenID Connect
    /// Core § 3.1.3.8, § 3.2.2.9).
    ///
    /// An ID token without one is refused too: then nothing says so.
    pub fn check_access_token(&self, access_token: &str) -> Result<(), Rejected> {
        self.check_hash("at_hash", self.access_token_hash.as_deref(), access_token)
    }

    /// Checks that `code` was issued together with this ID token: `c_hash` (OpenID Connect Core
    /// § 3.3.2.10), as a client of the hybrid flow must.
    pub fn check_code(&self, code: &str) -> Result<(), Rejected> {
        self.check_hash("c_hash", self.code_hash.as_deref(), code)
    }

    fn check_hash(&self, name: &'static str, hash: Option<&str>, of: &str) -> Result<(), Rejected> {
        let hash = hash.ok_or(Reason::MissingClaim(name))?;
        let whole = sha2_of(self.algorithm, of.as_bytes()).ok_or(Reason::InvalidClaim(name))?;
        let half = whole.get(..whole.len() / 2).unwrap_or_default();
        if b64::encode(half) == hash { Ok(()) } else { Err(Reason::WrongHash.into()) }
    }
}

/// Shows whom the token is about, and nothing of its private claims.
impl<T> fmt::Debug for IdClaims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdClaims")
            .field("issuer", &self.issuer.as_str())
            .field("client_id", &self.client.as_str())
            .field("subject", &self.subject.as_str())
            .field("issued_at", &self.issued_at.as_secs())
            .field("expires_at", &self.expires_at.as_secs())
            .finish_non_exhaustive()
    }
}
