//! Tokens for one errand: they live until the mail is read, and log nobody in.

use super::statement;
use crate::model::Kind;
use crate::rules::Context;
use crate::rules::library::Sign;
use crate::rules::names::{is_errand, plain};

/// Claims that say which account it is, besides an address: who has one is logged in by the token.
const ACCOUNT: [&str; 10] =
    ["sub", "id", "uid", "userid", "user", "username", "accountid", "role", "roles", "isadmin"];
/// How the names of claims end that say what a token is for.
const PURPOSE: [&str; 7] = ["purpose", "type", "typ", "kind", "action", "use", "scope"];

/// Whether a token is for one errand, by what it is called, what signs it, and what it says.
pub(super) fn is_for_one(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let says = |text: &str| {
        let text = text.to_lowercase();
        is_mailed(&text) || text.contains("mail_")
    };
    // Of a chain of calls the claims are a part.
    let callee = match m.kind(sign.call) {
        Kind::Call { callee, .. } => context.source(*callee),
        _ => "",
    };
    let callee = if callee.contains('(') { "" } else { callee };
    let key = sign.key.found().map(|key| context.source(m.value(key))).unwrap_or_default();
    [&m.function_name(sign.call), target(context, sign), callee, key].into_iter().any(says)
        || claims_say(context, sign)
}

/// What the token is called: `const emailToken = jwt.sign(…)`.
fn target<'m>(context: &Context<'m>, sign: &Sign) -> &'m str {
    let m = context.model;
    m.ancestors(sign.call)
        .find_map(|id| match m.kind(id) {
            Kind::Assign(target, _) => Some(context.source(*target)),
            _ => None,
        })
        .unwrap_or_default()
}

/// Whether its claims are for an errand: they say so, or name nobody and speak of a mail.
fn claims_say(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let named = sign.payload.found().map(|payload| m.entries(m.value(payload)).named);
    let named = named.unwrap_or_default();
    let is = |name: &str, among: &[&str]| among.contains(&plain(name).as_str());
    if !named.iter().any(|(name, _)| is(name, &ACCOUNT)) {
        return is_mailed(&statement(context, sign.call).to_lowercase());
    }
    let is_purpose = |name: &str| PURPOSE.iter().any(|end| plain(name).ends_with(end));
    named
        .iter()
        .filter(|(name, _)| is_purpose(name))
        .any(|(_, value)| is_mailed(&context.source(m.value(*value)).to_lowercase()))
}

/// Whether a text in lower case speaks of an errand, as mails do.
fn is_mailed(text: &str) -> bool {
    is_errand(text) || text.contains("email")
}
