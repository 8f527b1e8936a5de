//! What only a store can judge, as pure decisions that it calls inside its transaction.

use super::Asserted;
use super::challenge::UsedChallenge;
use super::record::{MOST_PASSKEYS, Passkey};

#[cfg(doc)]
use super::record::FIRST_PASSKEY_WITHIN;
use tokenward::UnixTime;

/// What a store knows of a passkey that has just signed, and of its challenge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "stores outside this crate build it")]
pub struct KnownPasskey {
    /// The counter, as it was last seen.
    pub sign_count: u32,
    /// When the passkey was last used.
    pub last_used_at: UnixTime,
    /// Whether the challenge was used before.
    pub challenge_used: bool,
}

/// Why what a passkey signed does not count after all; for the log alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PasskeyMisused {
    /// It was removed meanwhile, or is another subject's.
    #[error("an unknown passkey")]
    Unknown,
    /// Its answer to this challenge was taken before.
    #[error("an assertion that was used before")]
    Replayed,
    /// Another answer of it, to a challenge made later, arrived first.
    #[error("an assertion that a later one has overtaken")]
    Overtaken,
    /// Its counter has gone back: there are two of it (WebAuthn § 6.1.1).
    #[error("a passkey whose counter has gone back")]
    WentBack,
}

/// Judges what `asserted` says against what is `known` of its passkey (WebAuthn § 7.2, step 22).
pub fn judge_assertion(
    asserted: &Asserted,
    known: Option<&KnownPasskey>,
) -> Result<(), PasskeyMisused> {
    let Some(known) = known else { return Err(PasskeyMisused::Unknown) };
    if known.challenge_used {
        return Err(PasskeyMisused::Replayed);
    }
    // Passkeys that are synced among devices count nothing, and say 0.
    let none = asserted.sign_count == 0 && known.sign_count == 0;
    if none || asserted.sign_count > known.sign_count {
        return Ok(());
    }
    // Two ceremonies that overlap may arrive in any order. Only whoever signs what was asked after the last
    // answer had come, and counts less, cannot be the same device.
    if asserted.challenge.made_at > known.last_used_at {
        Err(PasskeyMisused::WentBack)
    } else {
        Err(PasskeyMisused::Overtaken)
    }
}

/// Why a passkey is not enrolled.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolRefused {
    /// It would be the first, and the login is older than [`FIRST_PASSKEY_WITHIN`].
    #[error("the first passkey needs a younger login")]
    LoginTooOld,
    /// There are others, and none of them has allowed it.
    #[error("another passkey needs the assertion of one that is enrolled")]
    NotAllowed,
    /// There are [`MOST_PASSKEYS`] already.
    #[error("there are as many passkeys as there may be")]
    TooMany,
    /// Somebody has this very passkey enrolled.
    #[error("a passkey that is enrolled already")]
    Taken,
    /// This enrolment was taken before.
    #[error("an enrolment that was used before")]
    Replayed,
    /// The assertion that is to allow it does not count.
    #[error(transparent)]
    Misused(#[from] PasskeyMisused),
}

/// Judges whether a passkey may be enrolled beside `others` of the same holder.
///
/// The first is believed because of the login; each further one because of a passkey that was there before. A
/// younger login is not enough for that: whoever has got hold of the password, or of a token, would enrol a device
/// of their own, and need neither again.
pub fn judge_enrolment(
    others: &[Passkey],
    is_login_fresh: bool,
    challenge_used: bool,
    allowed: Option<Result<(), PasskeyMisused>>,
) -> Result<(), EnrolRefused> {
    if challenge_used {
        return Err(EnrolRefused::Replayed);
    }
    match (others.len(), allowed) {
        (0, _) if !is_login_fresh => return Err(EnrolRefused::LoginTooOld),
        (0, _) => {}
        (_, None) => return Err(EnrolRefused::NotAllowed),
        (_, Some(allowed)) => allowed?,
    }
    if others.len() >= MOST_PASSKEYS { Err(EnrolRefused::TooMany) } else { Ok(()) }
}

impl Asserted {
    /// The challenge, as a store remembers it.
    #[must_use]
    pub const fn challenge(&self) -> &UsedChallenge {
        &self.challenge
    }
}
