//! Whether an unverified decode is a finding, and how bad.
//!
//! Rung by rung: verified elsewhere or looked at for its issuer only → no finding; a client that reads its
//! own token → a finding only where it decides about permissions; a server that takes the token from a request
//! and the identity from the claims → high; all else → worth a look.

use super::origin::{self, Origin};
use super::reads::{self, Reads};
use super::verified::{self, Namesakes};
use super::{Decode, How, decides, program, settled};
use crate::finding::{Confidence, Severity};
use crate::model::{Id, ScopeKind};
use crate::rules::Context;

/// A finding, and why it is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) because: &'static str,
    /// Whether it is uncertain where any file verifies tokens.
    pub(super) where_none_verifies: bool,
}

impl Verdict {
    /// What is only told on demand.
    const fn uncertain(because: &'static str) -> Self {
        Self {
            severity: Severity::Medium,
            confidence: Confidence::Low,
            because,
            where_none_verifies: false,
        }
    }
}

/// What is read to find the key, before anybody can verify.
const ROUTING: [&str; 14] = [
    "iss",
    "kid",
    "tid",
    "x5t",
    "aud",
    "azp",
    "client_id",
    "jku",
    "typ",
    "appid",
    "Issuer",
    "Audience",
    "ver",
    "Kid",
];
/// What a holder reads to renew in time.
const TIMES: [&str; 6] = ["exp", "iat", "nbf", "ExpiresAt", "IssuedAt", "NotBefore"];

/// Decides; `None` is no finding.
pub(super) fn judge(context: &Context<'_>, decode: &Decode) -> Option<Verdict> {
    let reads = reads::of(context.model, decode);
    if is_harmless(&reads)
        || verified::elsewhere(context, decode, Namesakes::All)
        || settled::is_settled(context, decode, &reads)
        || decides::only_told(context, &reads)
    {
        return None;
    }
    let origin = origin::of(context, decode);
    match origin {
        // Straight from the issuer over TLS (OpenID Connect Core 3.1.3.7 lets it be), or out of what nobody else
        // writes.
        Origin::LoginAnswer | Origin::Kept => shown_to_user(context, decode, &reads),
        _ if settled::is_signed_again(context, decode) => Some(SIGNED_AGAIN),
        Origin::Request => of_request(context, decode, &reads),
        _ => of_somebody(context, decode, &reads, origin),
    }
}

/// Its bearer wrote it.
fn of_request(context: &Context<'_>, decode: &Decode, reads: &Reads) -> Option<Verdict> {
    // Cookies are a browser's own, too.
    if program::is_client(context) && !program::is_server(context) {
        return shown_to_user(context, decode, reads);
    }
    // Which key the sender must have, which is held against what was verified: out of sight.
    let because = if is_proof(context, decode, reads) {
        "and names the key that its sender has to have; see that somebody has verified it"
    } else if !decides::who(context, reads) {
        "though it comes from a request; see that nobody takes its claims for true"
    } else if verified::nearby(context) {
        "though it comes from a request; see that what this file verifies is this token, and comes first"
    } else {
        return Some(DECIDES);
    };
    Some(Verdict::uncertain(because))
}

/// Whose it is cannot be seen.
fn of_somebody(
    context: &Context<'_>,
    decode: &Decode,
    reads: &Reads,
    origin: Origin,
) -> Option<Verdict> {
    if is_bookkeeping(reads) || only_hands_back(context, decode, reads, origin) {
        return None;
    }
    if !program::is_server(context) && (program::is_client(context) || decode.for_clients) {
        return shown_to_user(context, decode, reads);
    }
    let because = if declares_itself(context, decode) {
        "as its function says; nobody may act on the result"
    } else if origin != Origin::AuthParameter {
        nobody_else(context)
    } else if vouches(context, decode) && decides::who(context, reads) && !verified::nearby(context)
    {
        return Some(VOUCHED);
    } else {
        "and its claims say who the caller is; see that whoever calls this has verified it"
    };
    Some(Verdict::uncertain(because))
}

/// A client may show what it likes of its own token, but the server has to decide as well.
fn shown_to_user(context: &Context<'_>, decode: &Decode, reads: &Reads) -> Option<Verdict> {
    let decides = reads.fields.iter().any(|field| decides::ROLES.contains(&field.as_str()));
    let is_client =
        !program::is_server(context) && (program::is_client(context) || decode.for_clients);
    (decides && is_client).then_some(Verdict::uncertain(
        "and what the user may do is decided by claims that the user can edit; see that the server decides it too",
    ))
}

/// Whether the function around a decode says that it verifies, or that it decides who somebody is.
fn vouches(context: &Context<'_>, decode: &Decode) -> bool {
    let name = settled::function_name(context, decode).to_lowercase();
    origin::vouches(&name) && !declares_itself(context, decode)
}

const SIGNED_AGAIN: Verdict = Verdict {
    severity: Severity::High,
    confidence: Confidence::Medium,
    because: "and its claims are signed again: whoever writes a token gets a right one for it",
    where_none_verifies: false,
};

const DECIDES: Verdict = Verdict {
    severity: Severity::High,
    confidence: Confidence::High,
    because: "though it comes from a request, and its claims decide who the caller is or what the caller may do: anybody can \
              write one for anybody",
    where_none_verifies: true,
};

const VOUCHED: Verdict = Verdict {
    severity: Severity::High,
    confidence: Confidence::Medium,
    because: "though its function says that it does, or that it decides who the caller is: anybody can write one for \
              anybody",
    where_none_verifies: true,
};

/// What is seen of whoever verifies.
fn nobody_else(context: &Context<'_>) -> &'static str {
    if context.library.verifies().any(|verify| !verify.is_off) {
        "and nothing here shows that somebody has; see that whoever uses the claims has"
    } else {
        "and nothing in this file does; see that whoever uses the claims has"
    }
}

fn is_harmless(reads: &Reads) -> bool {
    reads_only(reads, &TIMES)
}

/// Reads of `cnf` alone (RFC 7800).
fn is_proof(context: &Context<'_>, decode: &Decode, reads: &Reads) -> bool {
    let is_one = |name: &str| matches!(name, "cnf" | "jwk" | "jkt");
    // The names inside of `const { cnf: { jwk } } = …` are in no scope.
    let is_nested = || {
        let statement = context.model.node(decode.call).parent;
        let written = statement.map(|id| context.source(id)).unwrap_or_default();
        let pattern = written.split_once('=').map_or("", |(pattern, _)| pattern);
        pattern.contains("cnf") && pattern.matches(':').count() == 1 && !pattern.contains(',')
    };
    !reads.becomes_user
        && !reads.returned
        && reads.fields.iter().all(|field| is_one(field))
        && (!reads.fields.is_empty() || is_nested())
}

/// A program that keeps lists of its own tokens asks them for their ids.
fn is_bookkeeping(reads: &Reads) -> bool {
    !reads.fields.is_empty() && reads_only(reads, &["jti", "orig_jti", "exp", "iat"])
}

fn reads_only(reads: &Reads, names: &[&str]) -> bool {
    let escapes = reads.returned || reads.passed || reads.becomes_user;
    !escapes
        && reads
            .fields
            .iter()
            .all(|field| names.contains(&field.as_str()) || ROUTING.contains(&field.as_str()))
}

/// `decode(token) { return jwt.decode(token) }`: the library's own call under another name, which says what it
/// does. What counts is who calls it; in this file, that is looked at, and elsewhere it is out of sight.
fn only_hands_back(context: &Context<'_>, decode: &Decode, reads: &Reads, origin: Origin) -> bool {
    let model = context.model;
    let name = settled::function_name(context, decode);
    let finds_key = reads.fields.iter().all(|field| ROUTING.contains(&field.as_str()));
    let hands_back = finds_key && (reads.returned || reads.passed) && !reads.becomes_user;
    // A call that never verifies, and nobody in sight who trusts it; an option is another matter: it switched
    // something off.
    let is_neutral = origin == Origin::Unknown
        && matches!(decode.how, How::Function | How::ByHand)
        && !reads.passed;
    let is_told = hands_back && (is_neutral || name.to_lowercase().starts_with("decode"))
        || declares_itself(context, decode);
    let is_called_well = |call: Id| {
        let reads = reads::of_value(model, call);
        is_harmless(&reads) || is_bookkeeping(&reads)
    };
    is_told
        && !name.is_empty()
        && model
            .calls()
            .filter(|call| {
                context.library.decode(*call).is_none() && model.callee_name(*call) == Some(name)
            })
            .all(is_called_well)
}

/// `decode_unverified(token)`, or a function that is described so: whoever calls it has been told.
fn declares_itself(context: &Context<'_>, decode: &Decode) -> bool {
    let model = context.model;
    let function = model.function_of(decode.call);
    let Some(scope) = model.scope(function).filter(|scope| scope.kind == ScopeKind::Function)
    else {
        return false;
    };
    let name = scope.name.to_lowercase();
    let named = ["unverified", "insecure", "unsafe", "without", "peek", "noverify", "no_verify"];
    if named.iter().any(|word| name.contains(word)) {
        return true;
    }
    // One that says that it verifies says no such thing, whatever its comments are about.
    if ["verify", "validate", "authenticate"].iter().any(|word| name.contains(word)) {
        return false;
    }
    let whole = model.function_node(decode.call);
    let text = whole.map(|id| context.source(id).to_lowercase()).unwrap_or_default();
    ["not verif", "without verif", "not be used for auth", "without signature"]
        .iter()
        .any(|words| text.contains(words))
}
