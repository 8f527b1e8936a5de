//! `algorithm-not-pinned`: nobody says which algorithm it is.

use crate::finding::{Confidence, Severity};
use crate::model::{Id, Kind, Lookup, Model, ScopeKind};
use crate::rules::library::{Library, Verify};
use crate::rules::{Change, Context, has, mend};

/// `algorithm-not-pinned`: the library is left to take whatever the token says.
pub(in crate::rules) fn not_pinned(context: &mut Context<'_>) {
    let m = context.model;
    for verify in context.library.verifies() {
        let call = verify.call;
        if verify.is_off {
            continue;
        }
        let left_out = match verify.algorithms {
            Lookup::Absent => true,
            // A field that begins as `None` is filled somewhere, or nobody would hand it over.
            Lookup::Found(id) => m.is_null(id) && !matches!(m.kind(id), Kind::Member(..)),
            Lookup::Unknown => false,
        };
        match verify.library {
            Library::PythonJose if left_out && !is_named_secret(context, verify) => {
                let changes = added(context, verify, |algorithm| format!("algorithms=[{algorithm}]"));
                // Of a secret only HMAC makes use, and a key of a set has its type.
                let is_public = is_public(context, verify) && !speaks_of_key_set(context);
                let confidence = if is_public { Confidence::High } else { Confidence::Low };
                context.report_mended(
                    call,
                    (Severity::High, confidence),
                    "python-jose takes any algorithm that the token names when `algorithms` is left out",
                    "jwt.decode(token, key, algorithms=[\"RS256\"], …)",
                    changes,
                );
            }
            Library::JwtSimple if left_out && !is_pem(context, verify) => {
                let changes = match m.args(call).len() {
                    2 => added(context, verify, |algorithm| format!("false, {algorithm}")),
                    3 => added(context, verify, str::to_owned),
                    _ => Vec::new(),
                };
                context.report_mended(
                    call,
                    // Since 0.5.6 a public key is for RSA alone, and of a secret only HMAC makes use.
                    (Severity::Medium, Confidence::Low),
                    "jwt-simple takes the algorithm from the token's header when the fourth argument is left out",
                    "jwt.decode(token, key, false, 'HS256')",
                    changes,
                );
            }
            Library::ExpressJwt if left_out && verify.options.found().is_some() => context.report(
                call,
                (Severity::Medium, Confidence::Low),
                "express-jwt before 6 takes any algorithm when `algorithms` is left out; later ones refuse to start",
                "expressjwt({ secret, algorithms: ['RS256'] })",
            ),
            Library::Authlib => authlib(context, call, verify),
            Library::GolangJwt => key_function(context, call, verify),
            _ => {}
        }
    }
}

/// An argument with the algorithm, where the file itself shows which one: it signs with the same key.
fn added(context: &Context<'_>, verify: &Verify, written: impl Fn(&str) -> String) -> Vec<Change> {
    match (verify.algorithms, signed_with(context, verify)) {
        (Lookup::Absent, Some(algorithm)) => {
            mend::argument(context, verify.call, &written(&algorithm))
        }
        _ => Vec::new(),
    }
}

/// The one algorithm that this file signs with under the verifier's key, as it is written there.
fn signed_with(context: &Context<'_>, verify: &Verify) -> Option<String> {
    let key = context.source(verify.key.found()?);
    let mut found: Option<String> = None;
    for sign in context.library.signs() {
        if sign.library != verify.library || context.source(sign.key.found()?) != key {
            continue;
        }
        let written = match sign.algorithm {
            Lookup::Found(id) => constant(context, id)?,
            // Both libraries that ask for this sign with it where nothing is said.
            Lookup::Absent => "\"HS256\"".to_owned(),
            Lookup::Unknown => return None,
        };
        if found.as_ref().is_some_and(|one| *one != written) {
            return None;
        }
        found = Some(written);
    }
    found
}

/// A text, or the name of one that the whole file knows, as it is written.
fn constant(context: &Context<'_>, id: Id) -> Option<String> {
    let m = context.model;
    m.text(id).filter(|text| !text.eq_ignore_ascii_case("none"))?;
    let is_known = match m.kind(id) {
        Kind::Text(_) => true,
        Kind::Name(name) => m
            .declared(name, m.node(id).scope)
            .and_then(|(scope, _)| m.scope(scope))
            .is_some_and(|scope| scope.kind == ScopeKind::File),
        _ => false,
    };
    is_known.then(|| context.source(id).to_owned())
}

fn is_pem(context: &Context<'_>, verify: &Verify) -> bool {
    verify.key.found().is_some_and(|key| {
        let key = context.source(key).to_lowercase();
        ["pem", "pub", "cert"].iter().any(|word| key.contains(word))
    })
}

/// Whether a file reads a key set (RFC 7517, section 5): each key of one says what it is for, and python-jose refuses
/// another family.
pub(super) fn speaks_of_key_set(context: &Context<'_>) -> bool {
    context.says_any(&["jwks", "[\"keys\"]", "['keys']", "get(\"keys\"", "get('keys'"])
}

/// Whether a key is the text of a public one, which libraries have taken for a secret of HMAC.
fn is_public(context: &Context<'_>, verify: &Verify) -> bool {
    let m = context.model;
    let is_text = |key: Id| {
        m.values(key).into_iter().any(|value| {
            let source = context.source(value);
            has(source, &["BEGIN PUBLIC", "BEGIN RSA PUBLIC", ".pem", "PUBLIC_KEY"])
        })
    };
    is_pem(context, verify) || verify.key.found().is_some_and(is_text)
}

/// The module's own `jwt` object takes every algorithm that authlib has.
fn authlib(context: &mut Context<'_>, call: Id, verify: &Verify) {
    // The keys of a set have their types, which no other algorithm takes.
    let key = verify.key.found().map(|key| {
        let source = context.source(key).to_lowercase();
        format!("{source} {}", context.source(context.model.value(key)).to_lowercase())
    });
    let is_typed = ["keyset", "key_set", "jwk", "import_key", "load_key"]
        .iter()
        .any(|word| key.as_deref().unwrap_or_default().contains(word));
    // What the line before has made is no token of anybody else's.
    let is_own = verify.token.found().is_some_and(|token| {
        let made = context.model.value(token);
        made != token && context.library.sign(made).is_some()
    });
    if is_typed || is_own || is_secret(context, verify) {
        return;
    }
    if context.model.callee_path(call).as_deref() == Some("authlib.jose.jwt.decode") {
        // A function finds the key, and may know its type.
        let is_found = key.is_some_and(|key| {
            ["resolve", "load", "get_key", "find"].iter().any(|word| key.contains(word))
        });
        let is_certain = !is_found && is_public(context, verify);
        let confidence = if is_certain { Confidence::Medium } else { Confidence::Low };
        context.report(
            call,
            (Severity::Medium, confidence),
            "authlib's ready-made `jwt` takes every algorithm that the key's type allows, HMAC among them",
            "JsonWebToken([\"RS256\"]).decode(token, key), then claims.validate()",
        );
    }
}

/// `client.secret`: what only HMAC takes.
fn is_named_secret(context: &Context<'_>, verify: &Verify) -> bool {
    verify.key.found().is_some_and(|key| context.source(key).to_lowercase().contains("secret"))
}

/// Whether the file signs with the same key by HMAC: then nothing else takes it.
fn is_secret(context: &Context<'_>, verify: &Verify) -> bool {
    let Some(key) = verify.key.found().map(|key| context.source(key)) else { return false };
    context.library.signs().any(|sign| {
        let is_same = sign.key.found().is_some_and(|one| context.source(one) == key);
        let algorithm = sign.algorithm.found().and_then(|id| context.model.text(id));
        is_same && algorithm.is_some_and(|name| name.starts_with("HS"))
    })
}

/// golang-jwt asks a function for the key, and that function has to look at the method.
fn key_function(context: &mut Context<'_>, call: Id, verify: &Verify) {
    let m = context.model;
    let Some(key) = verify.key.found() else { return };
    let pins =
        |id: Id| m.calls().any(|one| one >= id && m.callee_name(one) == Some("WithValidMethods"));
    // A parser may have been told once, elsewhere in the file.
    if m.calls().next().is_some_and(pins) {
        return;
    }
    let function = m.value(key);
    let Kind::Function(scope) = m.kind(function) else { return };
    let scope = *scope;
    let looks_at_method = m.below(function).any(|id| {
        matches!(m.kind(id), Kind::Member(_, name) if matches!(name.as_str(), "Method" | "Header"))
    });
    let secret = m.below(function).find(|id| match m.kind(*id) {
        Kind::Return(Some(value)) => m.node(*id).scope == scope && is_bytes(m, *value),
        _ => false,
    });
    if !looks_at_method && secret.is_some() {
        context.report(
            call,
            (Severity::Low, Confidence::Medium),
            "the key function does not look at the token's method, and no methods are listed: what else \
             HMAC takes, and whatever key is added later, the token decides",
            "add jwt.WithValidMethods([]string{\"HS256\"})",
        );
    }
}

fn is_bytes(m: &Model, id: Id) -> bool {
    matches!(m.kind(m.value(id)), Kind::Call { callee, .. }
        if matches!(m.kind(*callee), Kind::Name(name) if name == "[]byte"))
}
