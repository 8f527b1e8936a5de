//! `sensitive-payload`: a token's claims are encoded, not encrypted; whoever sees it reads them.

use super::names::plain;
use super::{Context, library};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Key, Kind};

mod by_steps;
mod whole;

use whole::whole_user;

/// Secrets, wherever they stand in a name.
const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "clientsecret",
    "creditcard",
    "cardnumber",
    "cardnum",
    "cvv",
    "securityanswer",
    "apikey",
    "privatekey",
    "refreshtoken",
    "ssn",
];
/// Secrets whose names are parts of harmless ones.
const SECRET_NAMES: [&str; 7] = ["pwd", "pass", "hash", "secret", "pan", "iban", "cpf"];
/// An `address` alone may be that of a wallet.
const PERSONAL: [&str; 8] = [
    "dob",
    "birthdate",
    "dateofbirth",
    "birthday",
    "phone",
    "phonenumber",
    "homeaddress",
    "socialsecurity",
];
/// Names that say that the thing itself is not there.
const HARMLESS: [&str; 7] =
    ["changed", "reset", "version", "expir", "updated", "required", "verified"];

/// Ends of names of what only points at the thing.
const IDS: [&str; 3] = ["id", "uuid", "name"];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    if context.library.signs().next().is_some() {
        judge(context, by_steps::claims(m));
    }
    for sign in context.library.signs() {
        let claims = library::chain_claims(m, sign.call);
        judge(context, claims);
        let Some(payload) = sign.payload.found() else { continue };
        named(context, payload);
        if let Some(whole) = whole_user(m, payload) {
            // What an identity provider tells of somebody is made to be passed on; how much of it is out of sight.
            let is_profile = m.below(m.value(whole)).any(|id| {
                m.callee_name(id).is_some_and(|name| {
                    let name = plain(name);
                    name.contains("userinfo") || name.contains("profile")
                })
            });
            let confidence = if is_profile { Confidence::Low } else { Confidence::Medium };
            context.report(
                whole,
                (Severity::Medium, confidence),
                "a whole user object goes into the token: whatever it holds, or will hold, anybody can read",
                whole_fix(m.language),
            );
        }
    }
}

/// What to put in instead, as the language writes it.
const fn whole_fix(language: Language) -> &'static str {
    match language {
        Language::Python => {
            "put the subject alone: {\"sub\": str(user.id)}; look the rest up where it is needed"
        }
        Language::Go => {
            "put the subject alone: jwt.MapClaims{\"sub\": user.ID}; look the rest up where it is needed"
        }
        Language::Php => {
            "put the subject alone: ['sub' => $user->id]; look the rest up where it is needed"
        }
        Language::Java | Language::Kotlin => {
            "put the subject alone: .subject(user.getId()); look the rest up where it is needed"
        }
        _ => "put the subject alone: { sub: user.id }; look the rest up where it is needed",
    }
}

fn named(context: &mut Context<'_>, payload: Id) {
    let m = context.model;
    let value = m.value(payload);
    let mut found = Vec::new();
    for id in m.below(value) {
        let Kind::Map(entries) = m.kind(id) else { continue };
        for entry in entries {
            if let Key::Named(name) = &entry.key {
                found.push((name.clone(), entry.value));
            }
        }
    }
    judge(context, found);
}

fn judge(context: &mut Context<'_>, claims: Vec<(String, Id)>) {
    let m = context.model;
    // A token for one errand goes back to whom it speaks of, and is spent by then.
    let is_for_errand = claims.iter().any(|(name, _)| plain(name) == "purpose");
    for (name, value) in claims {
        if matches!(m.kind(m.value(value)), Kind::Bool(_)) {
            continue;
        }
        // What a function made of something may be harmless under such a name: `hash: etag(page)`.
        let is_made = match m.kind(m.value(value)) {
            Kind::Index(whole, _) => matches!(m.kind(m.value(*whole)), Kind::Call { .. }),
            kind => matches!(kind, Kind::Call { .. }),
        };
        let Some(severity) = sensitive(&name, is_made) else { continue };
        if is_for_errand && severity < Severity::High {
            continue;
        }
        // A key may only name who has it, and a telephone is what some services know people by.
        let is_open = severity < Severity::High || is_ambiguous(&name);
        let confidence = if is_open { Confidence::Low } else { Confidence::High };
        context.report(
            value,
            (severity, confidence),
            format!("`{name}` goes into the token, where whoever sees it can read it"),
            "keep it beside the session on the server, or encrypt the token (JWE)",
        );
    }
}

fn is_ambiguous(name: &str) -> bool {
    let name = plain(name);
    name.contains("apikey")
        || SECRET_NAMES.contains(&name.as_str()) && !matches!(name.as_str(), "pwd" | "pass")
}

/// How bad it is to put something of this name into a token; `is_made` says that a function made it of
/// something else.
pub(crate) fn sensitive(name: &str, is_made: bool) -> Option<Severity> {
    let simple = plain(name);
    if HARMLESS.iter().any(|word| simple.contains(word)) {
        return None;
    }
    // `api_key_uid` names a key, and is none.
    if IDS.iter().any(|end| simple.ends_with(end)) {
        return None;
    }
    let is_secret = SECRETS.iter().any(|word| simple.contains(word))
        || SECRET_NAMES.contains(&simple.as_str()) && !is_made;
    if is_secret {
        Some(Severity::High)
    } else {
        PERSONAL.contains(&simple.as_str()).then_some(Severity::Medium)
    }
}
