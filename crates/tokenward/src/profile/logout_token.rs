//! Logout tokens (OpenID Connect Back-Channel Logout § 2.4): an identity provider tells a client, behind
//! the browser's back, that a login has ended.
//!
//! `typ: logout+jwt`; `iss`, `aud`, `iat`, `exp` and `jti` required; `events` holds the one event
//! [`LOGOUT_EVENT`], an object; `sub` or `sid` says what has ended; a `nonce` is forbidden, so that no
//! logout token ever passes for an ID token (§ 2.6). Two minutes at most from `iat` to `exp`, as § 4
//! advises, unless said otherwise, and never over 15.
//!
//! The same token can come twice: remember [`LogoutClaims::token_id`] until
//! [`LogoutClaims::expires_at`], and a little longer than clocks differ.
//!
//! ```
//! # fn f(jwks: &[u8], logout_token: &str, now: tokenward::UnixTime) -> Result<(), Box<dyn std::error::Error>> {
//! use tokenward::{Audience, IssuerId, KeySet, Verifier};
//!
//! let verifier = Verifier::logout_token()
//!     .issuer(IssuerId::new("https://login.example.com")?)
//!     .audience(Audience::foreign("our-client-id")?)
//!     .keys(KeySet::parse(jwks)?)
//!     .build();
//! let claims = verifier.verify(logout_token, now)?;
//! if let Some(session) = claims.session_id() {
//!     println!("end the session {session}");
//! } else if let Some(subject) = claims.subject() {
//!     println!("end every session of {subject}");
//! }
//! # Ok(())
//! # }
//! ```

use std::sync::Arc;
use std::time::Duration;

use super::events::Events;
use super::{Policy, Profile, Sealed, SelfContained, Times, Token, Typed, is_type};
use crate::claims::{Fields, required};
use crate::ids::{Audience, IssuerId, Jti, SessionId, Subject};
use crate::reject::Reason;
use crate::time::UnixTime;
use crate::verify::{Verifier, VerifierBuilder};

/// The one event of a logout token (OpenID Connect Back-Channel Logout § 2.4).
pub const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// That a login has ended: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct LogoutToken {
    untyped: bool,
}

/// The claims of a logout token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogoutClaims {
    issuer: Arc<IssuerId>,
    client: Arc<Audience>,
    subject: Option<Subject>,
    session_id: Option<SessionId>,
    token_id: Jti,
    issued_at: UnixTime,
    expires_at: UnixTime,
}

impl Profile for LogoutToken {
    type Claims = LogoutClaims;
    type Addressee = Audience;
    const TYPE: &'static str = "logout+jwt";
    const MAX_LIFETIME: Duration = Duration::from_secs(2 * 60);
    const LONGEST_LIFETIME: Duration = Duration::from_secs(15 * 60);
}

impl SelfContained for LogoutToken {}

impl Sealed for LogoutToken {
    fn admits(&self, typ: Option<&str>) -> Option<Typed> {
        if is_type(typ, Self::TYPE) {
            return Some(Typed::Itself);
        }
        let other = typ.is_none() || is_type(typ, "JWT");
        (self.untyped && other).then_some(Typed::Admitted)
    }

    fn read(token: Token<'_>, policy: &Policy<Self>) -> Result<(LogoutClaims, Times), Reason> {
        let payload = token.members()?;
        let claims = Fields::of(&payload, &policy.issuer)?;
        claims.without(&["nonce"])?;
        claims.claim("aud").required()?.audiences(&policy.addressee)?;
        // A second event would be one that this client does not know, and would pass over.
        if !Events::read(claims)?.kinds().eq([LOGOUT_EVENT]) {
            return Err(Reason::InvalidClaim("events"));
        }
        let times = claims.times()?;
        let read = LogoutClaims {
            issuer: Arc::clone(&policy.issuer),
            client: Arc::clone(&policy.addressee),
            subject: claims.id("sub", Subject::fits, Subject::fitting)?,
            session_id: claims.id("sid", SessionId::fits, SessionId::fitting)?,
            token_id: claims.required_id("jti", Jti::fits, Jti::fitting)?,
            issued_at: required("iat", times.issued_at)?,
            expires_at: required("exp", times.expires_at)?,
        };
        if read.subject.is_none() && read.session_id.is_none() {
            return Err(Reason::MissingClaim("sub"));
        }
        Ok((read, times))
    }
}

impl Verifier {
    /// Begins a verifier of [logout tokens](crate::profile::logout_token), whose audience is the
    /// client's `client_id`.
    pub fn logout_token() -> VerifierBuilder<LogoutToken> {
        VerifierBuilder::new(LogoutToken::default())
    }
}

impl<I, A, K> VerifierBuilder<LogoutToken, I, A, K> {
    /// Takes tokens of `typ: JWT` and of none too, for issuers from before the type was registered.
    ///
    /// # Security
    ///
    /// This gives up the wall between kinds of tokens (RFC 8725 § 3.11). What stands in its place is
    /// the one event, and that there is no nonce.
    pub fn accept_untyped(mut self) -> Self {
        self.profile.untyped = true;
        self
    }
}

impl LogoutClaims {
    /// `iss`: where the login was; always the issuer that the verifier expects.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// The client that the verifier is, which `aud` names.
    #[must_use]
    pub fn client_id(&self) -> &Audience {
        &self.client
    }

    /// `sub`: whose login has ended; without a session, every one of theirs.
    #[must_use]
    pub const fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    /// `sid`: the session that has ended, as the ID token named it.
    #[must_use]
    pub const fn session_id(&self) -> Option<&SessionId> {
        self.session_id.as_ref()
    }

    /// `jti`: the name of this one token, to know it again.
    #[must_use]
    pub const fn token_id(&self) -> &Jti {
        &self.token_id
    }

    /// `iat`: when the token was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`: when the token ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}
