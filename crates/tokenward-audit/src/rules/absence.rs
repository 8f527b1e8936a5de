//! What a whole project lacks: `no-revocation`, `no-key-id`.
//!
//! Each file says where it makes tokens; [`crate::code`] keeps the first place, if no file of the project
//! has any sign of what is asked for.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::library::{Calls, Sign};
use super::names::{has, is_errand, plain};
use super::{Context, expiry};
use crate::finding::{Confidence, Finding, Severity};
use crate::model::{Id, Kind, Lookup, Model, ScopeId};

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

/// What a text tells of its project.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Signs {
    /// Which of [`ABSENCES`] it has a sign of, in order.
    pub(crate) has: [bool; ABSENCES.len()],
    /// Whether it logs people out by taking a cookie away: what was copied out of that works on.
    pub(crate) logs_out: bool,
}

pub(crate) fn signs(text: &str) -> Signs {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Signs {
        has: ABSENCES.map(|absence| has(absence.words)),
        logs_out: has(&["logout", "log_out", "sign_out", "signout"])
            && has(&["delete_cookie", "clearcookie", "deletecookie"]),
    }
}

/// Whether a finding says that no token can be ended.
pub(crate) fn is_revocation(finding: &Finding) -> bool {
    finding.rule == "no-revocation"
}

/// Notes that tokens can be ended, which no word may say.
pub(crate) fn can_end(signs: &mut Signs) {
    for (sign, absence) in signs.has.iter_mut().zip(&ABSENCES) {
        *sign |= absence.rule == "no-revocation";
    }
}

/// `no-revocation`
pub(super) fn revocation(context: &mut Context<'_>) {
    first_token(
        context,
        |context, _| {
            // Else whoever verifies them may well ask for their account; that is out of sight.
            let is_sure = renews_by_signature(context.model, context.library);
            Some(if is_sure { Confidence::Medium } else { Confidence::Low })
        },
        "tokens are made here, and nothing in this project could end one before its time: neither an id in \
         the token nor a list of ended ones",
        "give tokens a `jti` and a `sid`, and have verifiers follow a list of what was revoked",
    );
}

/// Whether a function makes new tokens for old ones, and asks nobody but the signature.
fn renews_by_signature(m: &Model, calls: &Calls) -> bool {
    let is_renewal = |name: &str| {
        let name = name.to_lowercase();
        ["refresh", "renew", "keepalive", "keep_alive"].iter().any(|word| name.contains(word))
    };
    let verifies: Vec<ScopeId> = calls.verifies().map(|one| m.function_of(one.call)).collect();
    let signs: Vec<ScopeId> = calls.signs().map(|one| m.function_of(one.call)).collect();
    m.ids().any(|id| {
        let Kind::Function(scope) = m.kind(id) else { return false };
        if !m.scope(*scope).is_some_and(|scope| is_renewal(&scope.name)) {
            return false;
        }
        let reaches = |functions: &[ScopeId]| {
            functions.contains(scope)
                || m.below(id).any(|call| {
                    matches!(m.kind(call), Kind::Call { .. })
                        && m.helper(call).is_some_and(|helper| functions.contains(&helper))
                })
        };
        reaches(&verifies) && reaches(&signs) && !m.below(id).any(|call| is_lookup(m, call))
    })
}

/// `no-key-id`
pub(super) fn key_id(context: &mut Context<'_>) {
    let lifetimes = lifetimes(context);
    first_token(
        context,
        |context, sign| {
            // Whether anybody would miss the tokens of one key is not in the code: told on demand alone.
            let is_worth = !has_header(context.model, sign) && would_be_missed(&lifetimes, sign);
            is_worth.then_some(Confidence::Low)
        },
        "tokens are made here without the name of their key, and nothing in this project knows of more than one: \
         the key cannot be changed without refusing every token at once",
        "name the key in the header (`kid`), and let verifiers choose among the published ones",
    );
}

fn first_token(
    context: &mut Context<'_>,
    counts: impl Fn(&Context<'_>, &Sign) -> Option<Confidence>,
    message: &str,
    fix: &str,
) {
    // What a client signs to show who it is lives for minutes, and its keys are the other party's matter.
    if context.says_any(&["jwt-bearer", "assertion", "client_secret", "clientsecret"])
        || is_client(context)
    {
        return;
    }
    let found: Vec<(Id, Confidence)> = context
        .library
        .signs()
        .filter(|sign| logs_in(context, sign))
        .filter_map(|sign| Some((sign.call, counts(context, sign)?)))
        .collect();
    // The first of those that are surest.
    let best = found.iter().map(|(_, confidence)| *confidence).max();
    if let Some((call, confidence)) = found.iter().find(|(_, one)| Some(*one) == best) {
        context.report(*call, (Severity::Low, *confidence), message, fix);
    }
}

/// A file that makes tokens, verifies none, and sends requests: it shows them to somebody else.
fn is_client(context: &Context<'_>) -> bool {
    let m = context.model;
    let sends = |path: &str| {
        ["requests.", "httpx.", "urllib.", "aiohttp.", "axios", "node-fetch", "~fetch", "got"]
            .iter()
            .any(|library| path.starts_with(library))
    };
    context.library.verifies().next().is_none()
        && m.calls().any(|call| m.callee_path(call).is_some_and(|path| sends(&path)))
}

/// How long the tokens of this file live, by the call that makes them, as far as it says.
fn lifetimes(context: &Context<'_>) -> HashMap<Id, f64> {
    let m = context.model;
    if expiry::compares_issue(m) {
        return HashMap::new();
    }
    let signs = context.library.signs();
    signs.filter_map(|sign| Some((sign.call, expiry::lifetime(m, sign)?.1))).collect()
}

/// Whether a change of the key may cost more than one login: tokens are not known to end within a day. A refresh token
/// that the file makes counts as well.
fn would_be_missed(lifetimes: &HashMap<Id, f64>, sign: &Sign) -> bool {
    lifetimes.values().any(|seconds| *seconds > expiry::DAY) || !lifetimes.contains_key(&sign.call)
}

/// Whether whatever this file verifies is followed by a look at the account: whoever removes or stamps that ends
/// its tokens.
pub(crate) fn looks_accounts_up(m: &Model, calls: &Calls) -> bool {
    let verifies: Vec<Id> =
        calls.verifies().filter(|verify| !verify.is_off).map(|verify| verify.call).collect();
    !verifies.is_empty()
        && verifies.into_iter().all(|verify| {
            let function = m.function_of(verify);
            m.calls().any(|call| {
                call > verify && m.is_within(m.function_of(call), function) && is_lookup(m, call)
            })
        })
}

/// `users.find(…)`, `get_user(…)`
fn is_lookup(m: &Model, call: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(call) else { return false };
    let name = m.last_name(*callee).unwrap_or_default().to_lowercase();
    let of = match m.kind(*callee) {
        Kind::Member(object, _) => m.last_name(*object).unwrap_or_default().to_lowercase(),
        _ => String::new(),
    };
    let asks = ["find", "get", "load", "fetch", "lookup"].iter().any(|word| name.starts_with(word));
    asks && (is_account(&name) || is_account(&of))
}

fn is_account(name: &str) -> bool {
    ["user", "account", "member"].iter().any(|word| name.contains(word))
}

/// What says who somebody is, in claims.
const WHO: [&str; 12] = [
    "sub", "subject", "user", "userid", "id", "uid", "username", "email", "identity", "name",
    "login", "account",
];
/// Tokens that nobody is logged in with, besides those for an errand.
const OTHERS: [&str; 3] = ["csrf", "xsrf", "license"];

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
    says_who && !is_errand(&function) && !has(&function, &OTHERS)
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
