//! What can go wrong between us and a token.

use std::path::PathBuf;
use std::time::Duration;

use cryptoki::error::{Error, RvError};

/// The setting that an operator has to look at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Setting {
    /// The path of the vendor's library.
    Module,
    /// The label of the token.
    Token,
    /// The PIN of the token's user.
    Pin,
}

/// A token could not be reached, or did not do as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The library is not there, or is none of PKCS #11.
    #[error("{} is no PKCS #11 library that loads ({why}): name the vendor's library", path.display())]
    Module {
        /// The path that was given.
        path: PathBuf,
        /// What the loader said, in one line.
        why: String,
    },
    /// No token in reach has the label.
    #[error(
        "there is no token with the label `{label}`; there are {present}: name one of them, or initialize it"
    )]
    NoToken {
        /// The label that was given.
        label: String,
        /// The labels that are there, for the operator.
        present: String,
    },
    /// Two tokens have the label.
    #[error("{count} tokens have the label `{label}`: give each a label of its own")]
    ManyTokens {
        /// The label that was given.
        label: String,
        /// How many have it.
        count: usize,
    },
    /// The token did not take the PIN.
    #[error("the token refuses the PIN: set the user's PIN (it locks after a few wrong ones)")]
    WrongPin,
    /// The token took too many wrong PINs.
    #[error(
        "the user's PIN is locked after too many wrong ones: have the security officer set a new one"
    )]
    LockedPin,
    /// The PIN was refused before, and is not tried again.
    #[error(
        "the token has refused the PIN, and it is not tried again: set the right one and restart"
    )]
    PinNotTried,
    /// All sessions are taken, or the token hangs.
    #[error("the token was busy for {} seconds", .0.as_secs())]
    Busy(Duration),
    /// The token made a key that cannot be read.
    #[error("the token shows a public key that is none: {0}")]
    PublicKey(&'static str),
    /// The token was pulled out, or does not answer its reader.
    #[error("the token is away ({0}): look at its connection")]
    Away(String),
    /// Anything else that the token said.
    #[error("{0}")]
    Token(String),
    /// A thread that spoke to the token ended early.
    #[error("a thread that spoke to the token ended early")]
    Thread,
}

impl Pkcs11Error {
    /// The setting that mends it, where it is one.
    #[must_use]
    pub const fn setting(&self) -> Option<Setting> {
        match self {
            Self::Module { .. } => Some(Setting::Module),
            Self::NoToken { .. } | Self::ManyTokens { .. } => Some(Setting::Token),
            Self::WrongPin | Self::LockedPin | Self::PinNotTried => Some(Setting::Pin),
            _ => None,
        }
    }

    /// Whether the token cannot be asked now, which passes without any setting being changed.
    #[must_use]
    pub const fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Away(_))
    }
}

impl From<Error> for Pkcs11Error {
    fn from(error: Error) -> Self {
        match error {
            // The library's own words fill a screen for each code.
            Error::Pkcs11(code, function) => {
                let said = format!("the token answered {code:?} to C_{function}");
                match code {
                    RvError::DeviceRemoved | RvError::TokenNotPresent | RvError::DeviceError => {
                        Self::Away(said)
                    }
                    _ => Self::Token(said),
                }
            }
            other => Self::Token(other.to_string()),
        }
    }
}

/// Whether `error` says that the session is no use any more, so that a new one may do better.
pub(crate) const fn is_lost_session(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::UserNotLoggedIn
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::CryptokiNotInitialized
                | RvError::OperationActive
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid,
            _
        )
    )
}

/// Whether `error` may say that the token was away, so that its library may do better once it is started anew.
pub(crate) const fn is_lost_token(error: &Error) -> bool {
    is_lost_session(error)
        || matches!(
            error,
            Error::Pkcs11(
                RvError::GeneralError | RvError::FunctionFailed | RvError::TokenNotRecognized,
                _
            )
        )
}
