//! The algorithm: it is the verifier's to choose, and the token's to agree with.

use super::library::{self, Library, Verify, golang_jwt};
use super::names::{has, is_asymmetric, plain};
use super::{Context, development, guards, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

mod from_token;
mod not_pinned;

pub(super) use from_token::from_token;
pub(super) use not_pinned::not_pinned;

/// `algorithm-none`: unsigned tokens are made or taken.
pub(super) fn none(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        if let Some(verify) = context.library.verify(call)
            && let Some(list) = verify.algorithms.found()
            && m.items(list).into_iter().any(|item| is_none(m, item))
        {
            let changes = mend::without(context, list, |item| is_none(m, item));
            let (severity, confidence, message) = accepts_none(m, verify);
            context.report_mended(
                call,
                (severity, confidence),
                message,
                "name the one algorithm that your keys are for, such as RS256 or ES256",
                changes,
            );
        }
        if let Some(sign) = context.library.sign(call) {
            let unsigned = match sign.algorithm {
                Lookup::Found(id) => {
                    is_none(m, id)
                        || sign.library == Library::PyJwt && m.is_null(id)
                        || is_go_none(m, id)
                        || is_named_none(m, id)
                }
                _ => sign.signer == Lookup::Absent,
            };
            if unsigned {
                // Whoever asks for such a token gets it: tools that forge them.
                let confidence = if development::is_of_an_attack(context.file) {
                    Confidence::Low
                } else {
                    unless_asked_for(context, call)
                };
                context.report(
                    call,
                    (Severity::High, confidence),
                    "the token is not signed: anybody can write another one like it",
                    "sign it, with ES256 or RS256",
                );
            }
        }
        named_none(context, call);
    }
    for (name, value) in settings::all(m) {
        if m.language == Language::CSharp
            && name == "RequireSignedTokens"
            && m.bool(value) == Some(false)
        {
            let changes = mend::flip(context, value);
            context.report_mended(
                value,
                (Severity::Critical, Confidence::High),
                "a token that is not signed at all is accepted: `RequireSignedTokens` is off",
                "leave it on, and give IssuerSigningKeys and ValidAlgorithms",
                changes,
            );
        }
    }
    marks_of_none(context);
}

/// What a list with `none` in it comes to: some libraries know no such algorithm, some take it without a key alone.
fn accepts_none(m: &Model, verify: &Verify) -> (Severity, Confidence, &'static str) {
    let has_key = match verify.key {
        Lookup::Found(key) => !m.is_null(key) && m.text(m.value(key)) != Some(""),
        _ => true,
    };
    match verify.library {
        Library::PyJwt
        | Library::PythonJose
        | Library::Authlib
        | Library::Joserfc
        | Library::Jose => (
            Severity::Medium,
            Confidence::High,
            "`none` is among the algorithms: this library verifies no token by it, but the next one may",
        ),
        Library::JsonWebToken | Library::PassportJwt | Library::ExpressJwt | Library::KoaJwt
            if has_key =>
        {
            let message = "`none` is among the algorithms: where the key is empty, a token that is not signed at \
                           all is accepted";
            (Severity::Medium, Confidence::High, message)
        }
        _ => (
            Severity::Critical,
            Confidence::High,
            "a token that is not signed at all is accepted: `none` is among the algorithms",
        ),
    }
}

/// What stands for unsigned tokens wherever it is given to something.
fn marks_of_none(context: &mut Context<'_>) {
    let m = context.model;
    for id in m.ids().filter(|id| matches!(m.kind(*id), Kind::Member(..) | Kind::Name(_))) {
        let is_swift = m.language == Language::Swift && m.last_name(id) == Some("unsecuredNone");
        if is_swift {
            context.report(
                id,
                (Severity::Critical, Confidence::High),
                "tokens are neither signed nor checked: this signer is for tokens without a signature",
                "await keys.add(ecdsa: ES256PublicKey(pem: pem))",
            );
        }
        let is_go = m
            .path(id)
            .is_some_and(|path| golang_jwt(&path) == Some("UnsafeAllowNoneSignatureType"));
        if is_go {
            let confidence = unless_asked_for(context, id);
            context.report(
                id,
                (Severity::Critical, confidence),
                "unsigned tokens are allowed: this is the key that lets `none` pass",
                "jwt.WithValidMethods([]string{\"RS256\"}) and a public key",
            );
        }
    }
}

/// How sure it is that nobody asked for unsigned tokens: tools that forge or show them do what they are told.
fn unless_asked_for(context: &Context<'_>, at: Id) -> Confidence {
    const ARGUMENTS: [&str; 5] = ["\"flag\"", "argparse", "import click", "commander", "clap::"];
    let is_asked_for = guards::conditions(context.model, context.text, at)
        .into_iter()
        .any(|(condition, _)| condition.to_lowercase().contains("none"))
        || has(&plain(&context.model.function_name(at)), &["unsigned", "unsecured", "nosign"])
        || context.says_any(&ARGUMENTS);
    if is_asked_for { Confidence::Low } else { Confidence::High }
}

fn named_none(context: &mut Context<'_>, call: Id) {
    let m = context.model;
    let path = m.callee_path(call);
    let canonical = path.clone().map(|path| library::canonical(m.language, path));
    let known = UNSIGNED.iter().find(|one| library::fits(one.0, canonical.as_deref(), ""));
    if let Some((_, severity, message, fix)) = known {
        context.report(call, (*severity, Confidence::High), *message, *fix);
    }
    let is_parser = library::fits("io.jsonwebtoken.Jwts.parser*.parse*", canonical.as_deref(), "");
    if is_parser && m.positional(call, 0).found().is_some_and(|token| is_cut(m, token)) {
        context.report(
            call,
            (Severity::High, Confidence::Low),
            "the signature is cut off, so that the rest passes for a token without one: nobody verifies it",
            JJWT_FIX,
        );
    }
    let takes_none = canonical.as_deref() == Some("com.auth0.jwt.JWT.require")
        && m.positional(call, 0).found().is_some_and(|id| is_named_none(m, id));
    if takes_none {
        context.report(
            call,
            (Severity::Critical, Confidence::High),
            "a token that is not signed at all is accepted: the verifier is made of `Algorithm.none()`",
            "JWT.require(Algorithm.RSA256(publicKey))",
        );
    }
    let is_unsecured = path
        .as_deref()
        .is_some_and(|path| path == "jose.UnsecuredJWT.decode" || path == "jose.UnsecuredJWT");
    if is_unsecured {
        let confidence = if is_kept(m, call) { Confidence::Low } else { Confidence::High };
        context.report(
            call,
            (Severity::High, confidence),
            "`UnsecuredJWT` is a token without a signature: anybody can write one",
            "await jwtVerify(token, keys, { algorithms: ['RS256'] }), and new SignJWT(claims)",
        );
    }
}

/// `token.substring(0, token.lastIndexOf('.') + 1)`
fn is_cut(m: &Model, token: Id) -> bool {
    let value = m.value(token);
    m.callee_name(value) == Some("substring")
        && m.args(value).len() == 2
        && m.positional(value, 0).found().and_then(|start| m.number(start)) == Some(0.0)
}

/// `new UnsecuredJWT(…)`, in a function that keeps what it made in a store of its own.
fn is_kept(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    m.callee_path(call).as_deref() == Some("jose.UnsecuredJWT")
        && m.calls().any(|one| {
            one > call
                && m.function_of(one) == function
                && matches!(m.callee_name(one), Some("save" | "store" | "insert" | "upsert"))
        })
}

/// Calls that make or take tokens without a signature, and nothing else.
const UNSIGNED: [(&str, Severity, &str, &str); 8] = [
    ("io.jsonwebtoken.Jwts.parser*.parseClaimsJwt", Severity::Critical, JWT_MESSAGE, JJWT_FIX),
    ("io.jsonwebtoken.Jwts.parser*.parsePlaintextJwt", Severity::Critical, JWT_MESSAGE, JJWT_FIX),
    (
        "io.jsonwebtoken.Jwts.parser*.parseUnsecuredClaims",
        Severity::Critical,
        JWT_MESSAGE,
        JJWT_FIX,
    ),
    (
        "io.jsonwebtoken.Jwts.parser*.setSigningKey()*.parse",
        Severity::High,
        "`parse` takes tokens that are not signed too, in jjwt before 0.12, although it has a key",
        JJWT_FIX,
    ),
    (
        "com.nimbusds.jwt.PlainJWT",
        Severity::High,
        "`PlainJWT` is a token without a signature: anybody can write one",
        "new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(…).build(), claims), then sign it",
    ),
    (
        "Lcobucci.JWT.Configuration.forUnsecuredSigner",
        Severity::Critical,
        "tokens are neither signed nor checked: this configuration is for tokens without a signature",
        "Configuration::forAsymmetricSigner(new Sha256(), InMemory::file(…), InMemory::file(…))",
    ),
    (
        "Lcobucci.JWT.Signer.None",
        Severity::High,
        "this signer signs nothing: anybody can write such tokens",
        "new Lcobucci\\JWT\\Signer\\Rsa\\Sha256()",
    ),
    (
        "josekit.*decode_unsecured",
        Severity::Critical,
        JWT_MESSAGE,
        "jwt::decode_with_verifier(token, &verifier)",
    ),
];
const JWT_MESSAGE: &str =
    "this call takes tokens that are not signed at all: anybody can write them";
const JJWT_FIX: &str = "Jwts.parser().verifyWith(publicKey).build().parseSignedClaims(token)";

/// `Algorithm.none()`, `SecurityAlgorithms.None`, `JwsAlgorithm.none`
fn is_named_none(m: &Model, id: Id) -> bool {
    let value = m.value(id);
    let path = match m.kind(value) {
        Kind::Call { .. } => m.callee_path(value),
        _ => m.path(value),
    };
    path.is_some_and(|path| {
        let mut parts = path.rsplit('.');
        parts.next().is_some_and(|last| last.eq_ignore_ascii_case("none"))
            && parts.next().is_some_and(|owner| owner.contains("Algorithm"))
    })
}

pub(super) fn is_none(m: &Model, id: Id) -> bool {
    m.text(id).is_some_and(|text| text.eq_ignore_ascii_case("none"))
}

fn is_go_none(m: &Model, id: Id) -> bool {
    m.path(id).is_some_and(|path| golang_jwt(&path) == Some("SigningMethodNone"))
}

/// `algorithms-mixed`: a secret and a public key may check the same token.
pub(super) fn mixed(context: &mut Context<'_>) {
    let m = context.model;
    for verify in context.library.verifies() {
        let call = verify.call;
        let Some(list) = verify.algorithms.found() else { continue };
        if verify.is_off {
            continue;
        }
        let names: Vec<&str> = m.items(list).into_iter().filter_map(|item| m.text(item)).collect();
        let symmetric = names.iter().find(|name| name.starts_with("HS"));
        let asymmetric = names.iter().find(|name| is_asymmetric(name));
        if let (Some(symmetric), Some(asymmetric)) = (symmetric, asymmetric) {
            let is_public = verify.key.found().is_some_and(|key| {
                let key = context.source(key).to_lowercase();
                key.contains("public") || key.contains("pub_key") || key.contains("pem")
            });
            let severity = if is_public { Severity::High } else { Severity::Medium };
            // With a secret it is for a person to say which kind is meant.
            let is_secret = |item| m.text(item).is_some_and(|name| name.starts_with("HS"));
            let changes =
                if is_public { mend::without(context, list, is_secret) } else { Vec::new() };
            // PyJWT refuses a public key as a secret, in the forms that it knows one by; jsonwebtoken does since 9.
            let is_guarded = matches!(verify.library, Library::PyJwt | Library::JsonWebToken);
            let confidence = if is_guarded { Confidence::Low } else { Confidence::High };
            context.report_mended(
                call,
                (severity, confidence),
                format!(
                    "{symmetric} beside {asymmetric}: whoever has the public key can sign tokens with it as a secret"
                ),
                format!("keep {asymmetric} alone, or check the other kind apart, with a key of its own"),
                changes,
            );
        }
    }
}
