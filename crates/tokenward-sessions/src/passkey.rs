//! Passkeys: keys of a subject's devices that sign a challenge once they have verified their user (WebAuthn
//! Level 3, <https://www.w3.org/TR/webauthn-3/>).
//!
//! ```text
//! ChallengeKey ──challenge──▶ device ──Registration, Assertion──▶ RelyingParty ──▶ store: judge_* inside
//!                                                                    (pure)         its transaction
//! ```
//!
//! **Invariants**
//!
//! - A response counts for the ceremony, the session and the two minutes that its challenge was made for, once,
//!   and only if its device says that it has verified the user.
//! - Nobody but a device that was enrolled before, or whoever has just logged in where there was none, adds a
//!   device.
//! - A passkey belongs to a subject within one audience: what is done for one audience changes nothing in another.
//! - Nothing here does I/O or reads a clock, and no crypto library is called but the core.

mod attestation;
mod authenticator_data;
mod cbor;
mod challenge;
mod client_data;
mod cose;
mod judge;
mod record;
mod relying_party;
mod response;
mod store;

pub use challenge::{CHALLENGE_LIFETIME, ChallengeKey, Purpose, UsedChallenge};
pub use judge::{EnrolRefused, KnownPasskey, PasskeyMisused, judge_assertion, judge_enrolment};
pub use record::{
    CredentialId, FIRST_PASSKEY_WITHIN, InvalidCredentialId, InvalidPasskeyName, MOST_PASSKEYS,
    Passkey, PasskeyHolder, PasskeyName, TRANSPORTS,
};
pub use relying_party::{Expected, InvalidRelyingParty, RelyingParty};
pub use response::{Assertion, Registration};
pub use store::{Enrolled, Enrolment, PasskeyStore, Removal, RemovalBy, Removed};

use tokenward::UnixTime;

/// Why a device's response does not count; for the log alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PasskeyRefused {
    /// It is not of the form that WebAuthn gives it.
    #[error("a response that is none of WebAuthn's: {0}")]
    Malformed(&'static str),
    /// It is of the other ceremony.
    #[error("a response of another ceremony")]
    WrongType,
    /// Its challenge is none of ours, or was made for another session or another purpose.
    #[error("a challenge that was not made for this")]
    WrongChallenge,
    /// Its challenge is too old.
    #[error("a challenge that is over")]
    ChallengeExpired,
    /// It was made for a page or an app that is not on the list.
    #[error("an origin that is not on the list")]
    WrongOrigin,
    /// It was made in a frame of another origin.
    #[error("a response from a frame of another origin")]
    CrossOrigin,
    /// It was made for another relying party.
    #[error("another relying party")]
    WrongRelyingParty,
    /// The device did not see its user.
    #[error("no user was present")]
    NoUserPresent,
    /// The device did not verify its user, by fingerprint, face or PIN.
    #[error("the user was not verified")]
    NotVerified,
    /// The key, or the kind of attestation, is none that we take.
    #[error("an algorithm or an attestation that is not taken")]
    Unsupported,
    /// The signature is not by the device's key.
    #[error("a signature that does not count")]
    BadSignature,
    /// The device is another subject's, or none that was enrolled, or no longer.
    #[error("an unknown passkey")]
    Unknown,
    /// It says of itself what contradicts what it said when it was enrolled.
    #[error("a passkey that contradicts its enrolment")]
    Contradiction,
}

impl PasskeyRefused {
    /// The reason as a metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::WrongType => "wrong_type",
            Self::WrongChallenge => "wrong_challenge",
            Self::ChallengeExpired => "challenge_expired",
            Self::WrongOrigin => "wrong_origin",
            Self::CrossOrigin => "cross_origin",
            Self::WrongRelyingParty => "wrong_relying_party",
            Self::NoUserPresent => "no_user_present",
            Self::NotVerified => "not_verified",
            Self::Unsupported => "unsupported",
            Self::BadSignature => "bad_signature",
            Self::Unknown => "unknown",
            Self::Contradiction => "contradiction",
        }
    }
}

/// A passkey signed a challenge for its user: verified but for what only its store knows.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Asserted {
    /// Which passkey.
    pub credential: CredentialId,
    /// Its signature counter; 0 of one that has none.
    pub sign_count: u32,
    /// What it signed, to be used up.
    pub challenge: UsedChallenge,
    /// When it was verified.
    pub at: UnixTime,
}
