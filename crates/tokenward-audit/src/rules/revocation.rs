//! `no-revocation`: tokens are made, and nothing in the whole project could end one early.
//!
//! Each file says where it makes tokens; [`crate::code`] keeps the first, if no file of the project has
//! any [`SIGN`] of revocation.

use super::{Context, library};
use crate::finding::{Confidence, Severity};

/// The rule, which the walk over the project decides in the end.
pub(crate) const ID: &str = "no-revocation";

/// Words of which one is in every project that can end a token early, as far as we have seen.
pub(crate) const SIGN: [&str; 16] = [
    "jti",
    "jwtid",
    "blacklist",
    "blocklist",
    "denylist",
    "deny_list",
    "revoke",
    "revocation",
    "token_version",
    "tokenversion",
    "isrevoked",
    "session_id",
    "sessionid",
    "\"sid\"",
    "'sid'",
    "introspect",
];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    if let Some(first) = m.calls().find(|call| library::sign(m, *call).is_some()) {
        context.report(
            first,
            (Severity::Low, Confidence::Low),
            "tokens are made here, and nothing in this project could end one before its time: neither an id in \
             the token nor a list of ended ones",
            "give tokens a `jti` and a `sid`, and have verifiers follow a list of what was revoked",
        );
    }
}
