//! Whether an unverified decode is a finding, and how bad.
//!
//! Rung by rung: verified elsewhere or looked at for its issuer only → no finding; a client that reads its
//! own token → a finding only where it decides about permissions; a server that takes the token from a request
//! and the identity from the claims → high; all else → worth a look.

use super::origin::{self, Origin};
use super::reads::{self, Reads};
use super::{Decode, How, program, settled, verified};
use crate::finding::{Confidence, Severity};
use crate::model::{Id, Kind, ScopeKind};
use crate::rules::Context;

/// A finding, and why it is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) because: &'static str,
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
/// What decides who somebody is.
const IDENTITY: [&str; 26] = [
    "sub",
    "email",
    "user",
    "user_id",
    "userId",
    "userid",
    "uid",
    "id",
    "_id",
    "username",
    "userName",
    "preferred_username",
    "name",
    "upn",
    "oid",
    "Subject",
    "UserID",
    "Username",
    "Email",
    "account",
    "accountId",
    "tenant",
    "tenant_id",
    "org_id",
    "orgId",
    "login",
];
/// What decides what somebody may do.
const ROLES: [&str; 16] = [
    "role",
    "roles",
    "Role",
    "Roles",
    "scope",
    "scopes",
    "scp",
    "permissions",
    "groups",
    "is_admin",
    "isAdmin",
    "admin",
    "authorities",
    "is_staff",
    "IsAdmin",
    "realm_access",
];

/// Decides; `None` is no finding.
pub(super) fn judge(context: &Context<'_>, decode: &Decode) -> Option<Verdict> {
    let model = context.model;
    let reads = reads::of(model, decode);
    if is_harmless(&reads)
        || verified::elsewhere(context, decode)
        || settled::is_settled(context, decode, &reads)
    {
        return None;
    }
    let any = |names: &[&str]| reads.fields.iter().any(|field| names.contains(&field.as_str()));
    let origin = origin::of(context, decode);
    if origin != Origin::LoginAnswer && settled::is_signed_again(context, decode) {
        return Some(SIGNED_AGAIN);
    }
    if origin != Origin::Request
        && (is_bookkeeping(&reads) || only_hands_back(context, decode, &reads, origin))
    {
        return None;
    }
    let on_server = program::is_server(context);
    if !on_server && origin != Origin::Request {
        if program::is_client(context) || decode.for_clients {
            return any(&ROLES).then_some(Verdict {
                severity: Severity::Medium,
                confidence: Confidence::Medium,
                because: "and what the user may do is decided by claims that the user can edit",
            });
        }
        if origin == Origin::LoginAnswer {
            return None;
        }
    }
    let identity = any(&IDENTITY) || any(&ROLES) || reads.becomes_user;
    match origin {
        // Straight from the issuer over TLS; OpenID Connect Core 3.1.3.7 lets it be.
        Origin::LoginAnswer => None,
        // Which key the sender must have, which is held against what was verified: out of sight.
        Origin::Request if is_proof(context, decode, &reads) => Some(Verdict {
            severity: Severity::Medium,
            confidence: Confidence::Low,
            because: "and names the key that its sender has to have; see that somebody has verified it",
        }),
        Origin::Request if identity || reads.returned || reads.passed => Some(Verdict {
            severity: Severity::High,
            confidence: if identity { Confidence::High } else { Confidence::Medium },
            because: "though it comes from a request: anybody can write one for anybody",
        }),
        _ if declares_itself(context, decode) => Some(Verdict {
            severity: Severity::Low,
            confidence: Confidence::Low,
            because: "as its function says; nobody may act on the result",
        }),
        Origin::AuthParameter if identity || reads.returned => Some(Verdict {
            severity: Severity::High,
            confidence: Confidence::Medium,
            because: "and its claims say who the caller is: anybody can write one for anybody",
        }),
        _ if identity && on_server => Some(Verdict {
            severity: Severity::Medium,
            confidence: Confidence::Medium,
            because: "and its claims are taken for true",
        }),
        _ => Some(Verdict {
            severity: Severity::Medium,
            confidence: Confidence::Low,
            because: nobody_else(context),
        }),
    }
}

const SIGNED_AGAIN: Verdict = Verdict {
    severity: Severity::High,
    confidence: Confidence::Medium,
    because: "and its claims are signed again: whoever writes a token gets a right one for it",
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
    let is_neutral = origin == Origin::Unknown && decode.how == How::Function && !reads.passed;
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
    let whole = model
        .ancestors(decode.call)
        .find(|id| matches!(model.kind(*id), Kind::Function(one) if *one == function));
    let text = whole.map(|id| context.source(id).to_lowercase()).unwrap_or_default();
    ["not verif", "without verif", "not be used for auth", "without signature"]
        .iter()
        .any(|words| text.contains(words))
}
