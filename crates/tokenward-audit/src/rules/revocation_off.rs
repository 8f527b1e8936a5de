//! `revocation-off`: libraries that could end a token before its time, and were told not to.

use super::{Context, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

/// The switches, and the questions that are always answered with no.
pub(super) const WORDS: &[&str] = &[
    "blacklist_enabled",
    "RevocationStrategies",
    "BLACKLIST_AFTER_ROTATION",
    "JWT_ENCODE_JTI",
    "DisableTokenStorage",
    "TokenRevoked",
    "isRevoked",
    "blocklist_loader",
    "blacklist_loader",
];

const IGNORED: &str = "a token that was revoked is accepted until it ends: nobody is asked";
const ROTATED: &str =
    "a refresh token that was renewed is accepted until it ends: whoever stole it renews it, too";
const ANSWERED: &str =
    "a token that was revoked is accepted until it ends: the answer is always no";

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let mut found: Vec<(Id, &'static str, &'static str)> = settings::all(m)
        .filter_map(|(name, value)| {
            let (message, fix) = setting(context, name, value)?;
            Some((value, message, fix))
        })
        .collect();
    for id in m.ids() {
        match m.kind(id) {
            Kind::Call { .. } => {
                found.extend(call(m, id).map(|fix| (id, IGNORED, fix)));
            }
            Kind::Function(scope) => {
                let name = m.scope(*scope).map(|scope| scope.name.as_str()).unwrap_or_default();
                if asks(context, name) && is_always_false(m, id) {
                    found.push((id, ANSWERED, "look the token's id up where logouts are kept"));
                }
            }
            _ => {}
        }
    }
    for (at, message, fix) in found {
        context.report(at, (Severity::Medium, Confidence::High), message, fix);
    }
}

fn setting(context: &Context<'_>, name: &str, value: Id) -> Option<(&'static str, &'static str)> {
    let m = context.model;
    let is_off = m.bool(value) == Some(false);
    let told = |is_so: bool, fix| is_so.then_some((IGNORED, fix));
    match (m.language, name) {
        // Of tymon/jwt-auth and its successors.
        (Language::Php, "blacklist_enabled") => {
            let default = (m.callee_name(value) == Some("env")).then(|| m.positional(value, 1));
            let is_off = is_off || default.is_some_and(|default| m.said(default) == Some(false));
            told(is_off, "'blacklist_enabled' => true")
        }
        (Language::Python, "JWT_ENCODE_JTI") => {
            told(is_off, "leave it on: the id is what is revoked")
        }
        // Sliding tokens are renewed in another way.
        (Language::Python, "BLACKLIST_AFTER_ROTATION") => {
            let is_so = is_off && rotates(m, value) && !context.says("slidingtoken");
            is_so.then_some((
                ROTATED,
                "\"BLACKLIST_AFTER_ROTATION\": True, with the app token_blacklist",
            ))
        }
        (Language::Ruby, "jwt_revocation_strategy") => told(
            is_null_strategy(m, value),
            "a strategy that remembers: JTIMatcher, Denylist or Allowlist",
        ),
        (language, "isRevoked") if language.is_script() => is_always_false(m, m.value(value))
            .then_some((ANSWERED, "look the token's id up where logouts are kept")),
        _ => None,
    }
}

fn call(m: &Model, call: Id) -> Option<&'static str> {
    match (m.language, m.callee_name(call)?) {
        (Language::CSharp, "DisableTokenStorage") => {
            Some("leave it on: tokens that are not stored cannot be revoked")
        }
        (Language::Ruby, "include") => m
            .positional(call, 0)
            .found()
            .is_some_and(|what| is_null_strategy(m, what))
            .then_some("a strategy that remembers: JTIMatcher, Denylist or Allowlist"),
        _ => None,
    }
}

/// Whether refresh tokens are replaced: then those that were must not be good any more.
fn rotates(m: &Model, value: Id) -> bool {
    m.node(value)
        .parent
        .is_some_and(|map| m.said(m.entry(map, "ROTATE_REFRESH_TOKENS")) == Some(true))
}

/// `Devise::JWT::RevocationStrategies::Null`
fn is_null_strategy(m: &Model, value: Id) -> bool {
    match m.kind(value) {
        Kind::Member(object, name) => {
            name == "Null" && m.last_name(*object) == Some("RevocationStrategies")
        }
        _ => false,
    }
}

/// Whether a function of this name is asked by a library whether a token was revoked.
fn asks(context: &Context<'_>, name: &str) -> bool {
    match context.model.language {
        Language::Php => matches!(name, "isAccessTokenRevoked" | "isRefreshTokenRevoked"),
        Language::Python => {
            let is_loaded =
                context.says_any(&["token_in_blocklist_loader", "token_in_blacklist_loader"]);
            is_loaded
                && ["revoked", "blocklist", "blacklist"].iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}

/// Whether a function answers no, whatever it is asked, and asks nobody itself.
fn is_always_false(m: &Model, function: Id) -> bool {
    let Kind::Function(_) = m.kind(function) else { return false };
    let mut answers = 0_usize;
    for id in m.below(function) {
        match m.kind(id) {
            Kind::Return(Some(value)) => {
                let value = match m.kind(*value) {
                    Kind::Call { .. } if is_resolved(m, *value) => m.positional(*value, 0),
                    _ => Lookup::Found(*value),
                };
                if !value.found().is_some_and(|value| matches!(m.kind(value), Kind::Bool(false))) {
                    return false;
                }
                answers = answers.saturating_add(1);
            }
            Kind::Call { .. } if !is_resolved(m, id) => return false,
            Kind::Branch | Kind::Try { .. } => return false,
            _ => {}
        }
    }
    answers == 1
}

/// `Promise.resolve(…)`
fn is_resolved(m: &Model, call: Id) -> bool {
    m.callee_path(call).as_deref() == Some("~Promise.resolve")
}
