//! What a whole project lacks: `no-revocation`, `no-key-id`.
//!
//! Each file says where it makes tokens; [`crate::code`] keeps the first place, if no file of the project
//! has any sign of what is asked for.

use super::Context;
use crate::finding::{Confidence, Severity};

/// Something that a project has, or lacks as a whole.
pub(crate) struct Absence {
    /// The rule that tells of it.
    pub(crate) rule: &'static str,
    /// Words, in lower case, of which one is in every project that has it, as far as we have seen.
    words: &'static [&'static str],
}

/// All that is asked of a project.
pub(crate) const ABSENCES: [Absence; 2] = [
    Absence {
        rule: "no-revocation",
        words: &[
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
            "session_id",
            "sessionid",
            "\"sid\"",
            "'sid'",
            "introspect",
        ],
    },
    Absence {
        rule: "no-key-id",
        words: &[
            "\"kid\"", "'kid'", "kid:", ".kid", "keyid", "key_id", "jwks", "kid=", "rotate",
            "rotation",
        ],
    },
];

/// Which of [`ABSENCES`] a text has a sign of, in order.
pub(crate) fn signs(text: &str) -> [bool; ABSENCES.len()] {
    let text = text.to_lowercase();
    ABSENCES.map(|absence| absence.words.iter().any(|word| text.contains(word)))
}

/// `no-revocation`
pub(super) fn revocation(context: &mut Context<'_>) {
    first_token(
        context,
        "tokens are made here, and nothing in this project could end one before its time: neither an id in \
         the token nor a list of ended ones",
        "give tokens a `jti` and a `sid`, and have verifiers follow a list of what was revoked",
    );
}

/// `no-key-id`
pub(super) fn key_id(context: &mut Context<'_>) {
    first_token(
        context,
        "tokens are made here without the name of their key, and nothing in this project knows of more than one: \
         the key cannot be changed without refusing every token at once",
        "name the key in the header (`kid`), and let verifiers choose among the published ones",
    );
}

fn first_token(context: &mut Context<'_>, message: &str, fix: &str) {
    if let Some(first) = context.library.signs().next() {
        context.report(first.call, (Severity::Low, Confidence::Low), message, fix);
    }
}
