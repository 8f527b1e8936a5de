//! Decodes whose surroundings decide: after a check that failed for the time alone, on the way to the key, for a
//! message; and claims that are signed again.

use super::reads::Reads;
use super::{Decode, verified};
use crate::model::{Id, Kind};
use crate::rules::Context;

/// Whether nobody acts on the claims, or the signature had been looked at.
pub(super) fn is_settled(context: &Context<'_>, decode: &Decode, reads: &Reads) -> bool {
    after_expiry(context, decode)
        || finds_key(context, decode, reads)
        || only_tells(context, decode, reads)
}

/// `catch (error) { if (error.name === "TokenExpiredError") claims = decode(token) }`: libraries look at the time
/// after the signature.
fn after_expiry(context: &Context<'_>, decode: &Decode) -> bool {
    let m = context.model;
    let Some(token) = decode.token else { return false };
    m.ancestors(decode.call).any(|id| {
        let Kind::Try { body, handlers } = m.kind(id) else { return false };
        let mut start = m.node(*body).span.end;
        for handler in handlers {
            if m.below(handler.body).any(|one| one == decode.call) {
                let before = context.text.get(start..m.node(decode.call).span.start);
                return before.is_some_and(is_for_expiry) && verifies(context, *body, token);
            }
            start = m.node(handler.body).span.end;
        }
        false
    })
}

/// Whether what is reached after this text is reached by the error that says that the token has expired:
/// `=== "TokenExpiredError") {`, `!== "TokenExpiredError") throw error;`, `except ExpiredSignatureError:`.
fn is_for_expiry(text: &str) -> bool {
    let text = text.to_lowercase();
    let Some((before, after)) = text.rsplit_once("expired") else { return false };
    let after = after.trim_end().trim_end_matches("await").trim_end().trim_end_matches("return");
    let leaves = ["throw", "raise", "return", "else"].iter().any(|word| after.contains(word));
    let condition = before.rsplit(['\n', ';', '{']).next().unwrap_or_default();
    let is_negated =
        condition.contains("!=") || condition.contains("not ") || condition.contains("!(");
    leaves == is_negated
}

/// Whether something in here is given the token that may verify it: the library, or an own service.
fn verifies(context: &Context<'_>, body: Id, token: Id) -> bool {
    let m = context.model;
    m.below(body).any(|call| {
        let name = m.callee_name(call).unwrap_or_default().to_lowercase();
        let is_check = ["verify", "validate", "decode", "parse", "check"]
            .iter()
            .any(|word| name.contains(word));
        (is_check || context.library.verify(call).is_some())
            && context.library.decode(call).is_none()
            && verified::is_given(context, call, token)
    })
}

/// `get_secret(token)` beside a call that verifies: whose key it is has to be known before.
fn finds_key(context: &Context<'_>, decode: &Decode, reads: &Reads) -> bool {
    let name = function_name(context, decode).to_lowercase();
    let is_for_key = ["secret", "key", "issuer", "jwks", "tenant"]
        .iter()
        .any(|word| name.ends_with(word) || name.contains(&format!("{word}_for")));
    is_for_key
        && !reads.becomes_user
        && is_called(context, &name)
        && context.library.verifies().any(|verify| !verify.is_off)
}

fn is_called(context: &Context<'_>, name: &str) -> bool {
    let m = context.model;
    m.calls().any(|call| m.callee_name(call).is_some_and(|called| called.to_lowercase() == name))
}

/// `warnIfUnbound(token)`, `print_token(token)`
fn only_tells(context: &Context<'_>, decode: &Decode, reads: &Reads) -> bool {
    let name = function_name(context, decode).to_lowercase();
    !reads.returned
        && !reads.becomes_user
        && ["warn", "print", "debug", "display"].iter().any(|word| name.starts_with(word))
}

/// Whether the claims go into a new token: `sign({ ...decode(token), ...more }, key)`, also by way of the function
/// that decodes.
pub(super) fn is_signed_again(context: &Context<'_>, decode: &Decode) -> bool {
    let m = context.model;
    let name = function_name(context, decode);
    let is_claims = |id: Id| {
        let value = m.value(id);
        value == decode.call || !name.is_empty() && m.callee_name(value) == Some(name)
    };
    context.library.signs().any(|sign| {
        sign.payload.found().is_some_and(|payload| {
            let payload = m.value(payload);
            is_claims(payload)
                || matches!(m.kind(payload), Kind::Map(_)) && m.below(payload).any(is_claims)
        })
    })
}

/// The name of the function around a decode, not of a closure in it.
pub(super) fn function_name<'m>(context: &Context<'m>, decode: &Decode) -> &'m str {
    let m = context.model;
    let named = m.named_function(decode.call).and_then(|function| m.scope_of(function));
    named.map_or("", |scope| scope.name.as_str())
}
