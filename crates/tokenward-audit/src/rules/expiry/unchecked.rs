//! `expiry-not-checked`: verifiers that take what has ended.

use super::elsewhere::{reads_expiry, speaks_of_ttl};
use super::{EXPIRY, compares};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};
use crate::rules::library::{self, Library, golang_jwt};
use crate::rules::{Context, mend, settings};

/// Options that switch the check off, with what they then are.
const SWITCHES: [(&str, bool); 5] = [
    ("checkExpiresIn", false),
    ("ignoreExpiration", true),
    ("verify_exp", false),
    ("verify_expiration", false),
    ("validate_exp", false),
];

/// `expiry-not-checked`: the verifier is told to take tokens that have ended.
pub(in crate::rules) fn unchecked(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        if let Some(verify) = context.library.verify(call) {
            let python = matches!(verify.library, Library::PyJwt | Library::PythonJose);
            let off = SWITCHES
                .into_iter()
                .filter(|(name, _)| python || *name != "verify_exp")
                .find_map(|(name, wanted)| {
                    [library::option(m, verify.options, name), m.keyword(call, name)]
                        .into_iter()
                        .find(|option| m.said(*option) == Some(wanted))?
                        .found()
                });
            // Whoever demands the claim means to look at it.
            let demands = library::option(m, verify.options, "require")
                .found()
                .is_some_and(|list| m.items(list).iter().any(|item| m.text(*item) == Some("exp")));
            if let Some(switch) = off.filter(|_| !demands && !verify.is_off) {
                tell(context, call, Some(switch));
            }
        }
        let path = m.callee_path(call).unwrap_or_default();
        let is_go = matches!(golang_jwt(&path), Some("WithoutClaimsValidation"))
            || path == "github.com/lestrrat-go/jwx/jwt.WithValidate"
                && m.said(m.positional(call, 0)) == Some(false)
                && !is_unverified(context, call);
        let allow = Some(m.keyword(call, "allow_expired")).filter(|allow| {
            path == "flask_jwt_extended.decode_token" && m.said(*allow) == Some(true)
        });
        if is_go || allow.is_some() {
            tell(context, call, allow.and_then(Lookup::found));
        }
    }
    settings_off(context);
    empty_checks(context);
    never_validated(context);
}

/// `func verify(using signer: JWTSigner) throws {}`: `JWTKit` leaves to it what is looked at besides the signature.
fn empty_checks(context: &mut Context<'_>) {
    let m = context.model;
    if m.language != Language::Swift {
        return;
    }
    for id in m.ids() {
        let Kind::Function(scope) = m.kind(id) else { continue };
        let is_check = m.scope(*scope).is_some_and(|scope| {
            scope.name == "verify"
                && scope.params.iter().any(|param| {
                    param.type_name.as_deref().is_some_and(|written| {
                        written.ends_with("JWTSigner") || written.ends_with("JWTAlgorithm")
                    })
                })
        });
        if is_check && !m.below(id).any(|one| matches!(m.kind(one), Kind::Call { .. })) {
            context.report(
                id,
                (Severity::High, Confidence::Medium),
                "this check of the claims looks at nothing: tokens that have ended are taken",
                "try expiration.verifyNotExpired()",
            );
        }
    }
}

/// authlib leaves it to `claims.validate()`, and this file never calls it on what it reads.
fn never_validated(context: &mut Context<'_>) {
    let m = context.model;
    if context.says("validate") {
        return;
    }
    let found: Vec<Id> = context
        .library
        .verifies()
        .filter(|verify| verify.library == Library::Authlib && !checks_itself(m, verify.call))
        .map(|verify| verify.call)
        .filter(|call| is_read(m, *call) && !reads_expiry(m, *call))
        .collect();
    for call in found {
        context.report(
            call,
            (Severity::High, Confidence::Medium),
            "authlib checks the signature alone here: without `claims.validate()` a token that has ended is taken",
            "claims = JsonWebToken([\"RS256\"]).decode(token, key); claims.validate(leeway=5)",
        );
    }
}

/// Whether the function that decodes takes something out of the claims itself.
fn is_read(m: &Model, call: Id) -> bool {
    let Some(target) = m.assigned_to(call) else { return false };
    let Kind::Name(claims) = m.kind(target) else { return false };
    let Some((declared, _)) = m.declared(claims, m.node(target).scope) else { return false };
    m.uses(claims, declared).any(|id| {
        let read = m.node(id).parent.map(|parent| m.kind(parent));
        m.function_of(id) == m.function_of(call)
            && matches!(read, Some(Kind::Index(..) | Kind::Member(..)))
    })
}

/// `ValidateLifetime = false`, wherever the parameters are made.
fn settings_off(context: &mut Context<'_>) {
    let m = context.model;
    for (name, value) in settings::all(m) {
        let off = match m.language {
            Language::CSharp => {
                matches!(name, "ValidateLifetime" | "RequireExpirationTime").then_some(false)
            }
            // go-oidc, golang-jwt
            Language::Go => {
                matches!(name, "SkipExpiryCheck" | "SkipClaimsValidation").then_some(true)
            }
            _ => None,
        };
        let takes_all = m.language == Language::CSharp
            && name == "LifetimeValidator"
            && library::says_yes(m, value);
        if takes_all {
            tell(context, value, None);
        }
        if off.is_some() && m.bool(value) == off && !is_the_library(m, value) {
            tell(context, value, Some(value));
        }
    }
}

/// `func(p *Parser) { p.SkipClaimsValidation = true }`: the option of the package that has the parser; who takes it
/// switches the check off.
fn is_the_library(m: &Model, value: Id) -> bool {
    // Who imports one of those has its types under other names.
    if m.imports().any(|path| path.contains("jwt") || path.contains("oidc")) {
        return false;
    }
    let Some(target) = m.assigned_to(value) else { return false };
    let Kind::Member(object, _) = m.kind(target) else { return false };
    let Kind::Name(name) = m.kind(*object) else { return false };
    let is_own = |written: &str| written.starts_with('*') && !written.contains('.');
    m.parameter_of(name, m.node(value).scope).is_some_and(|(_, scope)| {
        let mut params = scope.params.iter().filter(|param| param.name == *name);
        params.any(|param| param.type_name.as_deref().is_some_and(is_own))
    })
}

/// Tells of a check that is off, by `switch` if that is a flag.
fn tell(context: &mut Context<'_>, call: Id, switch: Option<Id>) {
    let m = context.model;
    let name = m.function_name(call);
    // Logging out, and renewing, with a token that has just ended is what some protocols ask for.
    let expected = [
        "logout",
        "log_out",
        "revoke",
        "expired",
        "refresh",
        "renew",
        "blacklist",
        "introspect",
        "signed",
        "signature",
        // A hint (OpenID Connect Core 1.0, section 3.1.2.1) may have ended.
        "id_token",
        "idtoken",
        "hint",
    ];
    if expected.iter().any(|word| name.contains(word)) || checks_itself(m, call) {
        return;
    }
    if is_proof(context, call) {
        return;
    }
    // Whoever reads it elsewhere, or leaves it to a store, may well compare it; that is out of sight.
    let is_open = speaks_of_ttl(context)
        || reads_expiry(m, call)
        || is_beside_other(context, call)
        || is_thrown_away(m, call)
        || is_never_given(context)
        || demands_others(context, call);
    let confidence = if is_open { Confidence::Low } else { Confidence::Medium };
    let changes = switch.map(|switch| mend::flip(context, switch)).unwrap_or_default();
    context.report_mended(
        call,
        (Severity::High, confidence),
        "the check of the expiry is switched off: a token that was stolen once works for ever",
        "leave it on; a few seconds of leeway are enough for clocks that differ",
        changes,
    );
}

/// Whether an option is given to a call that looks at no signature: then that is told.
fn is_unverified(context: &Context<'_>, option: Id) -> bool {
    let m = context.model;
    m.ancestors(option).take(2).any(|call| context.library.decode(call).is_some())
}

/// Whether this file makes tokens without an end: then none was switched off, and `no-expiry` tells of it.
fn is_never_given(context: &Context<'_>) -> bool {
    context.library.signs().any(|sign| super::has_expiry(context.model, sign) == Some(false))
}

/// Whether nothing is done with what the call gives: it tries a key, and whoever called verifies again.
fn is_thrown_away(m: &Model, call: Id) -> bool {
    let is_statement = |id: &Id| {
        matches!(m.kind(*id), Kind::Branch | Kind::Function(_) | Kind::Try { .. } | Kind::Other(_))
    };
    m.language == Language::Python && m.node(call).parent.is_none_or(|parent| is_statement(&parent))
}

/// A proof of possession (RFC 9449 § 4.3) has no end: it is good for a moment after its `iat`, and once.
fn is_proof(context: &Context<'_>, call: Id) -> bool {
    let m = context.model;
    let texts = |id: Id| match m.kind(id) {
        Kind::Text(text) => matches!(text.as_str(), "htm" | "dpop+jwt"),
        Kind::Member(_, name) => name == "htm",
        _ => false,
    };
    let function = m.function_of(call);
    m.ids().any(|id| m.function_of(id) == function && texts(id))
}

/// Whether the file verifies with the expiry elsewhere: a refresh token beside an access token, or the same one again.
fn is_beside_other(context: &Context<'_>, call: Id) -> bool {
    let m = context.model;
    context.library.verifies().any(|other| {
        let is_loose = SWITCHES
            .into_iter()
            .any(|(name, wanted)| m.said(library::option(m, other.options, name)) == Some(wanted));
        other.call != call && !other.is_off && !is_loose
    })
}

/// Whether the claims that must be there are named, and no end is among them: these tokens have none.
fn demands_others(context: &Context<'_>, call: Id) -> bool {
    context
        .library
        .verify(call)
        .is_some_and(|one| library::option(context.model, one.options, "require").found().is_some())
}

/// Whether the same function compares `exp` itself, or one of this file that it calls afterwards.
fn checks_itself(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    let after = |id: &Id| *id > call && m.function_of(*id) == function;
    m.ids().filter(after).any(|id| compares_expiry(m, id))
        || m.calls()
            .filter(after)
            .flat_map(|id| m.helpers(id))
            .any(|helper| m.ids().any(|id| m.function_of(id) == helper && compares_expiry(m, id)))
}

fn compares_expiry(m: &Model, id: Id) -> bool {
    compares(m, id, &EXPIRY)
}
