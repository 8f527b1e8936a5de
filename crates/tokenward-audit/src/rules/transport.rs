//! `tls-not-checked`: whoever is on the way answers in the other party's name.

use super::names::plain;
use super::{Context, development, guards, hosts, library, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Key, Kind, Model, ScopeKind};

/// What a file holds that asks for keys or tokens.
pub(super) const LIBRARIES: &[&str] =
    &["jwt", "jsonwebtoken", "jose", "identitymodel", "jwks", "openid", "introspect"];
/// What a file holds that switches the check off where it sends some.
pub(super) const SWITCHES: &[&str] = &["verify=False", "rejectUnauthorized"];

/// What has to do with keys or tokens, in an address or in what is around a request.
const ABOUT: [&str; 9] =
    ["jwks", "well-known", "openid", "oauth", "token", "jwt", "userinfo", "keyset", "authority"];
/// Where a program talks to itself, or was started by hand.
const AT_HOME: [&str; 2] = ["localhost", "namemain"];
/// What an option to leave the check out is called.
const CHOSEN: [&str; 14] = [
    "rejectunauthorized",
    "insecure",
    "skipverif",
    "skiptls",
    "skipssl",
    "verifyssl",
    "verifytls",
    "verifycert",
    "strictssl",
    "selfsigned",
    "disablessl",
    "disabletls",
    "ignoressl",
    "ignorecert",
];

/// What says where a request goes.
const ADDRESSES: [&str; 8] =
    ["host", "hostname", "url", "uri", "jwksuri", "baseurl", "issuer", "brokers"];

const UNCHECKED: &str = "keys or tokens travel over TLS whose certificate nobody checks: whoever is on the way can \
                         read them, and answer";
const BEFORE_2: &str = "jwks-rsa before version 2 fetches keys over TLS whose certificate nobody checks; later ones do \
                        not read this, and check";
const BY_HTTP: &str =
    "keys may be fetched over plain HTTP: whoever is on the way can put others in their place";

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let found: Vec<(&str, Id)> = settings::all(m)
        .filter(|(name, value)| is_switch(m, name, *value))
        .filter(|(_, value)| is_about_tokens(context, *value) && !is_asked_for(context, *value))
        .filter(|(_, value)| !is_to_itself(m, *value))
        .collect();
    for (name, value) in found {
        let changes = mend::flip(context, value);
        let (severity, confidence, message) = if is_about_addresses(m, value) {
            let confidence = if fetches_keys(m) { Confidence::High } else { Confidence::Low };
            (Severity::Medium, confidence, BY_HTTP)
        } else {
            let is_dead = name == "strictSsl" && context.says("jwks-rsa");
            let is_open = development::is_of_an_attack(context.file) || is_dead;
            let confidence = if is_open { Confidence::Low } else { Confidence::High };
            (Severity::High, confidence, if is_dead { BEFORE_2 } else { UNCHECKED })
        };
        context.report_mended(value, (severity, confidence), message, fix(m.language), changes);
    }
}

/// Whether this is what switches the check off, in the language at hand.
fn is_switch(m: &Model, name: &str, value: Id) -> bool {
    let is = |wanted| m.bool(value) == Some(wanted);
    match (m.language, name) {
        (Language::Python, "verify") => is(false) && is_request(m, value),
        (Language::Python, "ssl_context" | "context") => {
            m.called(m.value(value)).as_deref() == Some("_create_unverified_context")
        }
        (Language::Go, "InsecureSkipVerify") => {
            is(true) && !is_challenge(m, value) && !is_checked_by_hand(m, value)
        }
        (Language::CSharp, "RequireHttpsMetadata") => is(false),
        (
            Language::CSharp,
            "ServerCertificateCustomValidationCallback" | "RemoteCertificateValidationCallback",
        ) => takes_any(m, value),
        (language, "rejectUnauthorized" | "strictSsl" | "strictSSL") if language.is_script() => {
            is(false)
        }
        (language, "NODE_TLS_REJECT_UNAUTHORIZED") if language.is_script() => {
            m.text(value) == Some("0") || m.number(value) == Some(0.0)
        }
        _ => false,
    }
}

/// `RequireHttpsMetadata = false`, C#'s only switch that is true or false, says itself what it is for.
fn is_about_addresses(m: &Model, value: Id) -> bool {
    m.language == Language::CSharp && m.bool(value).is_some()
}

/// `RequireHttpsMetadata = false` matters where keys are fetched, from an address that is not written with `https`.
fn fetches_keys(m: &Model) -> bool {
    let mut addresses = settings::all(m)
        .filter(|(name, _)| matches!(*name, "Authority" | "MetadataAddress"))
        .map(|(_, value)| m.text(value).unwrap_or_default())
        .peekable();
    addresses.peek().is_some() && !addresses.all(|address| address.starts_with("https://"))
}

/// `DangerousAcceptAnyServerCertificateValidator`, `(message, certificate, chain, errors) => true`
fn takes_any(m: &Model, value: Id) -> bool {
    m.last_name(value) == Some("DangerousAcceptAnyServerCertificateValidator")
        || library::says_yes(m, value)
}

/// A certificate that answers `tls-alpn-01` signs itself, and is compared by what it says (RFC 8737 § 3).
fn is_challenge(m: &Model, value: Id) -> bool {
    m.node(value).parent.is_some_and(|map| {
        m.entry(map, "NextProtos")
            .found()
            .is_some_and(|list| m.below(m.value(list)).any(|one| m.text(one) == Some("acme-tls/1")))
    })
}

/// `cert.Verify(options)` in the same function, or a function of its own that looks at the certificate.
fn is_checked_by_hand(m: &Model, value: Id) -> bool {
    let function = m.function_of(value);
    let looks = |name: &str| matches!(name, "VerifyPeerCertificate" | "VerifyConnection");
    m.calls().any(|call| m.function_of(call) == function && m.callee_name(call) == Some("Verify"))
        || settings::all(m).any(|(name, one)| looks(name) && m.function_of(one) == function)
}

/// `{ brokers: ['127.0.0.1:9093'], ssl: { rejectUnauthorized: false } }`: nobody is on the way.
fn is_to_itself(m: &Model, value: Id) -> bool {
    let addresses = |map: Id| {
        let named = m.entries(map).named.into_iter();
        named.filter(|(name, _)| ADDRESSES.contains(&plain(name).as_str())).collect::<Vec<_>>()
    };
    let maps = m.ancestors(value).filter(|one| matches!(m.kind(*one), Kind::Map(_)));
    // Whatever stands further out may be where the program itself listens.
    let nearest = maps.take(2).map(addresses).find(|found| !found.is_empty());
    let is_here =
        |at: Id| m.text(at).is_some_and(|address| hosts::is_loopback(&hosts::host_of(address)));
    nearest.is_some_and(|found| {
        found.into_iter().all(|(_, at)| match m.kind(m.value(at)) {
            Kind::List(all) => !all.is_empty() && all.iter().all(|one| is_here(*one)),
            _ => is_here(at),
        })
    })
}

/// `requests.get(…, verify=False)`, `httpx.Client(verify=False)`, `session.verify = False`; libraries for tokens have
/// options of that name too.
fn is_request(m: &Model, value: Id) -> bool {
    let Some(parent) = m.node(value).parent else { return false };
    let of_library = |path: String| {
        ["requests.", "httpx.", "aiohttp."].iter().any(|library| path.starts_with(library))
    };
    // A client of httpx reads it when it is made, and never again.
    let of_requests = |path: String| path.starts_with("requests.");
    match m.kind(parent) {
        Kind::Call { .. } => m.callee_path(parent).is_some_and(of_library),
        Kind::Assign(target, _) => match m.kind(*target) {
            Kind::Member(object, _) => m.path(*object).is_some_and(of_requests),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the function around it, or the file where there is none, has to do with keys or tokens: by its names and
/// its texts, not by what it says in prose. In a class's body it is the statement that counts.
fn is_about_tokens(context: &Context<'_>, value: Id) -> bool {
    let m = context.model;
    let function = m.named_function(value).or_else(|| statement_of_class(m, value));
    let within: Vec<Id> = match function {
        Some(function) => m.below(function).collect(),
        None => m.ids().collect(),
    };
    // Types are no names here, and they are what tells in C#.
    let text = || function.map_or(context.text, |function| context.source(function));
    let is_named = || match m.language {
        Language::CSharp => text().split_whitespace().any(is_about),
        _ => is_about(&m.function_name(value)) || within.iter().any(|id| names_tokens(m, *id)),
    };
    // A file that only sends something says so; so does one that asks for tokens (RFC 6749, section 4).
    let speaks = || {
        context.says_any(LIBRARIES)
            || context.says("grant_type")
            || within.iter().any(|id| is_bearer(m, *id))
    };
    is_about_addresses(m, value) || is_named() && speaks()
}

/// The statement around a node in a class's body.
fn statement_of_class(m: &Model, id: Id) -> Option<Id> {
    let is_class = |id: Id| m.scope_of(id).is_some_and(|scope| scope.kind == ScopeKind::Class);
    let mut below = id;
    for one in m.ancestors(id) {
        if is_class(one) {
            return Some(below);
        }
        // The body itself is all of its statements.
        if !m.node(one).parent.is_some_and(is_class) {
            below = one;
        }
    }
    None
}

fn is_about(name: &str) -> bool {
    let name = name.to_lowercase().replace("cancellationtoken", "");
    // The header alone: much else is an authorization.
    let is_header = name.trim_matches(|c: char| !c.is_alphanumeric()) == "authorization";
    is_header || !name.contains(' ') && ABOUT.iter().any(|word| name.contains(word))
}

fn is_bearer(m: &Model, id: Id) -> bool {
    matches!(m.kind(id), Kind::Text(text) if text.to_lowercase().starts_with("bearer "))
}

/// Whether a name, a key or a text is one of those in [`ABOUT`].
fn names_tokens(m: &Model, id: Id) -> bool {
    match m.kind(id) {
        Kind::Text(name) | Kind::Name(name) | Kind::Member(_, name) => is_about(name),
        Kind::Map(entries) => {
            entries.iter().any(|entry| matches!(&entry.key, Key::Named(name) if is_about(name)))
        }
        _ => is_bearer(m, id),
    }
}

/// `if (options.insecure)`, `options.strictSSL || (…)`: whoever starts the program asked for it.
pub(super) fn is_asked_for(context: &Context<'_>, value: Id) -> bool {
    let m = context.model;
    let conditions = guards::conditions(m, context.text, value);
    let conditions = conditions.into_iter().map(|(condition, _)| condition);
    let beside = m.ancestors(value).filter_map(|one| match m.kind(one) {
        Kind::Binary(_, left, _) => Some(*left),
        Kind::Choice(either) => either.first().copied(),
        _ => None,
    });
    let beside = beside.filter(|first| m.below(*first).all(|inside| inside != value));
    let beside = beside.filter_map(|first| context.text.get(m.node(first).span.clone()));
    conditions.chain(beside).any(|condition| {
        let condition = plain(condition);
        AT_HOME.iter().chain(&CHOSEN).any(|word| condition.contains(word))
    })
}

const fn fix(language: Language) -> &'static str {
    match language {
        Language::Python => "leave it on; verify=\"ca.pem\" trusts an authority of your own",
        Language::Go => "leave it off; RootCAs trusts an authority of your own",
        Language::CSharp => "leave it on: options.RequireHttpsMetadata = true",
        _ => "leave it on; `ca` trusts an authority of your own",
    }
}
