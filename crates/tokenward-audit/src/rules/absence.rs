//! What a whole project lacks: `no-revocation`, `no-key-id`.
//!
//! Each file says where it makes tokens; [`crate::code`] keeps the first place, if no file of the project
//! has any sign of what is asked for.

use super::Context;
use super::library::Sign;
use super::names::plain;
use crate::finding::{Confidence, Severity};
use crate::model::{Lookup, Model};

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
            // Whoever looks at this for each request can end all tokens of an account.
            "is_active",
            "isactive",
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
        |_, _| true,
        "tokens are made here, and nothing in this project could end one before its time: neither an id in \
         the token nor a list of ended ones",
        "give tokens a `jti` and a `sid`, and have verifiers follow a list of what was revoked",
    );
}

/// `no-key-id`
pub(super) fn key_id(context: &mut Context<'_>) {
    first_token(
        context,
        |m, sign| !has_header(m, sign),
        "tokens are made here without the name of their key, and nothing in this project knows of more than one: \
         the key cannot be changed without refusing every token at once",
        "name the key in the header (`kid`), and let verifiers choose among the published ones",
    );
}

fn first_token(
    context: &mut Context<'_>,
    counts: fn(&Model, &Sign) -> bool,
    message: &str,
    fix: &str,
) {
    let text = context.text.to_lowercase();
    // What a client signs to show who it is lives for minutes, and its keys are the other party's matter.
    if ["jwt-bearer", "assertion", "client_secret", "clientsecret"]
        .iter()
        .any(|word| text.contains(word))
    {
        return;
    }
    let is_one = |sign: &&Sign| logs_in(context, sign) && counts(context.model, sign);
    let call = context.library.signs().find(is_one).map(|sign| sign.call);
    if let Some(call) = call {
        context.report(call, (Severity::Low, Confidence::Low), message, fix);
    }
}

/// What says who somebody is, in claims.
const WHO: [&str; 12] = [
    "sub", "subject", "user", "userid", "id", "uid", "username", "email", "identity", "name",
    "login", "account",
];
/// Tokens for one errand, which end with it.
const ERRANDS: [&str; 10] = [
    "csrf", "xsrf", "state", "reset", "invit", "confirm", "activat", "verif", "license", "download",
];

/// Whether a token is one that people are logged in with, as far as its claims are in sight. A function that
/// signs what it is given is a library's; what comes of it is out of sight.
fn logs_in(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let function = m.function_name(sign.call);
    let says_who = match sign.payload {
        Lookup::Found(payload) => {
            let named = m.entries(m.value(payload)).named;
            named.iter().any(|(name, _)| WHO.contains(&plain(name).as_str()))
                && !named.iter().any(|(name, _)| plain(name).contains("csrf"))
        }
        Lookup::Absent => !m.language.is_jvm() || names_subject(m, sign),
        Lookup::Unknown => false,
    };
    says_who && !ERRANDS.iter().any(|word| function.contains(word))
}

/// `.subject(user)`, somewhere in the function that builds the token.
fn names_subject(m: &Model, sign: &Sign) -> bool {
    let function = m.function_of(sign.call);
    m.calls().any(|call| {
        m.function_of(call) == function
            && matches!(m.callee_name(call), Some("subject" | "setSubject" | "withSubject"))
    })
}

/// Whether the header comes from out of sight, and may name the key.
fn has_header(m: &Model, sign: &Sign) -> bool {
    m.keyword(sign.call, "headers") != Lookup::Absent
        || m.keyword(sign.call, "header") != Lookup::Absent
        || m.calls().any(|call| {
            m.function_of(call) == m.function_of(sign.call)
                && m.callee_name(call) == Some("setHeaderParams")
        })
}
