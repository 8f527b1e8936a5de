//! The authority and the gate as libraries: routes, sessions API, forward-auth, administration.
//!
//! **Invariant:** no back end is named here, no file and no environment variable is read: the
//! application hands in trait objects and typed [`Settings`].

pub mod admin;
pub mod authority;
pub mod gate;
pub mod http;
pub mod settings;
pub mod telemetry;

pub use authority::{Authority, KeySetSigning, Parts, StartError};
pub use settings::Settings;
