//! Forward-auth: a proxy asks about each request, and the gate says yes with whom it speaks for, or no.
//!
//! ```text
//! /auth/{profile}/{audience}[/…]
//!    proxy known? ─▶ original request ─▶ one credential ─▶ CSRF ─▶ fresh? ─▶ token ─▶ rules ─▶ 200
//!       403              500                 401            403     503      401      403
//! ```
//!
//! **Invariants.** Nothing of the original request is believed before the proxy is known. The audience
//! comes from the URL that the operator wrote, never from the request. A refused token gets the same
//! bytes as everywhere else, and every answer empties or sets every identity header.

mod path;
mod rules;

pub use path::{BadPath, BadPattern, CanonicalPath, PathPattern};
pub use rules::{Decision, Rule, Rules};
