//! Tower layers and axum extractors that yield [`tokenward::Verified`] claims, and the pieces they are
//! made of: cookies, CSRF, credentials, security headers and the one set of generic answers.
//!
//! The authority and the gate are built from the same pieces, so that a refused token gets the same
//! bytes wherever it is presented.
//!
//! **Invariant:** nothing in this crate logs, formats or answers with a token, a cookie's value or an
//! `Authorization` header. What a client learns about a refused token is one fixed answer; the reason
//! goes to the log and to the metrics.

pub mod access;
pub mod binding;
pub mod certificate;
pub mod claims;
pub mod cookies;
pub mod credentials;
pub mod csp;
pub mod csrf;
pub mod dpop;
pub mod headers;
pub mod request_id;
pub mod respond;
pub mod step_up;
pub mod unread;
mod verdict;
pub mod verify;

pub use claims::{Claims, RequireScope, RevocationAge};
pub use csp::{Csp, Nonce};
pub use headers::SecurityHeaders;
pub use request_id::{RequestId, RequestIds};
pub use step_up::RequireStepUp;
pub use unread::ReadUnread;
pub use verdict::VerdictFuture;
pub use verify::VerifyLayer;

/// The code of the documentation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/verify-rust.md")]
struct VerifyRust;

/// The code of the documentation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/browsers.md")]
struct Browsers;

/// The code of the documentation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/dpop.md")]
struct DpopPage;

/// The code of the documentation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/mtls.md")]
struct MtlsPage;

/// The code of the documentation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/step-up.md")]
struct StepUpPage;
