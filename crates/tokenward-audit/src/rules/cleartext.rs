//! `plain-http-allowed`: switches that let tokens travel without TLS, or browsers begin without it.

use std::path::Path;

use super::{Context, development, library, settings, transport};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

mod keys;

/// The switches, and what key sets are fetched by.
pub(super) const WORDS: &[&str] = &[
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "LIB_INSECURE_TRANSPORT",
    "force_https",
    "strict_transport_security",
    "force_ssl",
    "ssl_options",
    "OPT_OUT",
    "helmet",
    "httpStrictTransportSecurity",
    "requiresInsecure",
    "AllowInsecureHttp",
    "DisableTransportSecurityRequirement",
    "DiscoveryPolicy",
    "JWKClient",
    "JwkSetUri",
    "RemoteJWKSet",
    "jwks_u",
    "jwks_e",
    "jwksU",
    "jwksE",
];

/// What a switch lets happen.
#[derive(Clone, Copy)]
enum Allows {
    Http,
    /// The same, for a library that is nowhere in sight.
    HttpElsewhere,
    NoHsts,
    /// Keys from an address without TLS, as surely as its host is told.
    Keys(Confidence),
}

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let mut found: Vec<(Id, Allows)> = settings::all(m)
        .filter_map(|(name, value)| Some((value, setting(context, name, value)?)))
        .collect();
    found.extend(m.calls().filter_map(|call| {
        match m.language {
            Language::Python => insecure_oauth(context, call),
            Language::Ruby => redirect_uri(m, call),
            Language::CSharp => (m.callee_name(call)
                == Some("DisableTransportSecurityRequirement"))
            .then_some((call, Allows::Http)),
            language if language.is_jvm() => spring(context, call),
            language if language.is_script() => helmet(m, call),
            _ => None,
        }
    }));
    found.extend(keys::by_http(m).into_iter().map(|(at, sure)| (at, Allows::Keys(sure))));
    for (at, allows) in found {
        if !is_development(context, at) {
            tell(context, at, allows);
        }
    }
}

fn tell(context: &mut Context<'_>, at: Id, allows: Allows) {
    let sure =
        if matches!(allows, Allows::HttpElsewhere) { Confidence::Low } else { Confidence::High };
    let (rank, message, fix) = match allows {
        Allows::Http | Allows::HttpElsewhere => (
            (Severity::Medium, sure),
            "plain HTTP is allowed: a token that is sent so can be read and used by whoever is on the way",
            "leave it on in production; where a proxy ends TLS, tell the program so (X-Forwarded-Proto)",
        ),
        Allows::NoHsts => (
            (Severity::Low, Confidence::Medium),
            "HSTS is switched off: browsers ask over plain HTTP first, and whoever is on the way answers",
            "leave it on, for a year (31536000 seconds)",
        ),
        Allows::Keys(sure) => (
            (Severity::High, sure),
            "keys are fetched over plain HTTP: whoever is on the way puts others in their place, and signs tokens",
            "fetch them by https://; ask the issuer's metadata for the address",
        ),
    };
    context.report(at, rank, message, fix);
}

/// A switch that is a setting, in the language at hand.
fn setting(context: &Context<'_>, name: &str, value: Id) -> Option<Allows> {
    let m = context.model;
    let is = |wanted| m.bool(value) == Some(wanted);
    let says = |word| context.says(word);
    let http = |is_so: bool| is_so.then_some(Allows::Http);
    let no_hsts = |is_so: bool| is_so.then_some(Allows::NoHsts);
    match (m.language, name) {
        // A proxy that ends TLS may do what is switched off here.
        (Language::Python, "SECURE_SSL_REDIRECT") => {
            http(is(false) && is_production(context) && !says("secure_proxy_ssl_header"))
        }
        (Language::Python, "SECURE_HSTS_SECONDS") => {
            no_hsts(m.number(value) == Some(0.0) && is_production(context))
        }
        (Language::Python, "OAUTHLIB_INSECURE_TRANSPORT" | "AUTHLIB_INSECURE_TRANSPORT") => {
            is_on(m, value).then(|| insecure(context, name))
        }
        // `@talisman(force_https=False)` is about one view, such as the one that a balancer asks for health.
        (Language::Python, "force_https") => {
            let is_of_a_view = m
                .node(value)
                .parent
                .and_then(|call| m.callee_name(call))
                .is_some_and(|name| name == "talisman");
            http(is(false) && says("alisman") && !is_of_a_view)
        }
        (Language::Python, "strict_transport_security") => no_hsts(is(false) && says("alisman")),
        (Language::Ruby, "force_ssl") => {
            http(is(false) && is_production(context) && !says("assume_ssl = true"))
        }
        (Language::Ruby, "ssl_options") if is_production(context) => {
            let off = |name| m.said(m.option(value, name)) == Some(false);
            if off("secure_cookies") { Some(Allows::Http) } else { no_hsts(off("hsts")) }
        }
        (Language::Ruby, "hsts") => no_hsts(m.last_name(value) == Some("OPT_OUT")),
        (Language::CSharp, "AllowInsecureHttp") => http(is(true)),
        (Language::CSharp, "RequireHttps") => http(is(false) && says("discoverypolicy")),
        _ => None,
    }
}

/// `'1'`, and whatever else the libraries take for a yes.
fn is_on(m: &Model, value: Id) -> bool {
    m.text(value).is_some_and(|text| !matches!(text, "" | "0" | "false" | "False"))
}

/// `os.environ.setdefault('OAUTHLIB_INSECURE_TRANSPORT', '1')`
fn insecure_oauth(context: &Context<'_>, call: Id) -> Option<(Id, Allows)> {
    let m = context.model;
    let name = m.positional(call, 0).found().and_then(|name| m.text(name))?;
    let is_switch = m.callee_path(call).as_deref() == Some("os.environ.setdefault")
        && name.ends_with("LIB_INSECURE_TRANSPORT");
    let value = m.positional(call, 1).found()?;
    (is_switch && is_on(m, value)).then(|| (value, insecure(context, name)))
}

/// Each switch is read by its own library, and by what is built on that.
fn insecure(context: &Context<'_>, name: &str) -> Allows {
    let users: &[&'static str] = if name.starts_with("AUTHLIB") {
        &["import authlib", "from authlib"]
    } else {
        &[
            "import oauthlib",
            "from oauthlib",
            "requests_oauthlib",
            "flask_dance",
            "google_auth_oauthlib",
        ]
    };
    let is_used = context.says_any(users);
    if is_used { Allows::Http } else { Allows::HttpElsewhere }
}

/// Doorkeeper's `force_ssl_in_redirect_uri false`
fn redirect_uri(m: &Model, call: Id) -> Option<(Id, Allows)> {
    let is_off = m.callee_name(call) == Some("force_ssl_in_redirect_uri")
        && m.said(m.positional(call, 0)) == Some(false);
    is_off.then_some((call, Allows::Http))
}

/// Spring Security: `.httpStrictTransportSecurity(hsts -> hsts.disable())`, `.anyRequest().requiresInsecure()`.
fn spring(context: &Context<'_>, call: Id) -> Option<(Id, Allows)> {
    let m = context.model;
    let Kind::Call { callee, args } = m.kind(call) else { return None };
    let object = match m.kind(*callee) {
        Kind::Member(object, _) => m.callee_name(*object),
        _ => None,
    };
    match (m.callee_name(call)?, object) {
        ("disable", Some("httpStrictTransportSecurity")) => Some((call, Allows::NoHsts)),
        ("requiresInsecure", Some("anyRequest")) => Some((call, Allows::Http)),
        ("httpStrictTransportSecurity", _) => {
            let is_off = args.iter().any(|arg| {
                let said: String = context.source(arg.value).split_whitespace().collect();
                ["disable", "maxAgeInSeconds(0)", "maxAgeInSeconds=0"]
                    .iter()
                    .any(|off| said.contains(off))
            });
            // The whole chain begins lines above.
            let at = args.first().map_or(call, |arg| arg.value);
            is_off.then_some((at, Allows::NoHsts))
        }
        _ => None,
    }
}

/// `helmet({ hsts: false })`, `app.register(helmet, { hsts: false })`, `helmet.hsts({ maxAge: 0 })`
fn helmet(m: &Model, call: Id) -> Option<(Id, Allows)> {
    let is_helmet =
        |path: &str| matches!(path, "helmet" | "koa-helmet" | "@fastify/helmet" | "fastify-helmet");
    let path = m.callee_path(call).unwrap_or_default();
    let registered = m.positional(call, 0).found().and_then(|plugin| m.path(plugin));
    let options = if is_helmet(&path) {
        m.positional(call, 0)
    } else if registered.as_deref().is_some_and(is_helmet) {
        m.positional(call, 1)
    } else if path == "helmet.hsts" || path == "helmet.strictTransportSecurity" {
        return ends_at_once(m, m.positional(call, 0)).map(|at| (at, Allows::NoHsts));
    } else {
        return None;
    };
    ["hsts", "strictTransportSecurity"].into_iter().find_map(|name| {
        let hsts = library::option(m, options, name);
        let off = hsts.found().filter(|_| m.said(hsts) == Some(false));
        Some((off.or_else(|| ends_at_once(m, hsts))?, Allows::NoHsts))
    })
}

/// `{ maxAge: 0 }`
fn ends_at_once(m: &Model, hsts: Lookup) -> Option<Id> {
    let age = library::option(m, Lookup::Found(hsts.found()?), "maxAge").found()?;
    (m.number(age) == Some(0.0)).then_some(age)
}

/// Whether a file says what holds in production.
fn is_production(context: &Context<'_>) -> bool {
    context.file.to_lowercase().contains("prod")
}

/// What runs in development alone by the file's name or a build's switch, or because somebody asked for it.
fn is_development(context: &Context<'_>, at: Id) -> bool {
    let start = context.model.node(at).span.start;
    let before = context.text.get(..start).unwrap_or_default();
    let switched = before.rfind("#if ").is_some_and(|from| {
        let rest = before.get(from..).unwrap_or_default();
        !rest.contains("#endif") && !rest.contains("#else") && rest.starts_with("#if DEBUG")
    });
    development::is_of_a_set(Path::new(context.file))
        || switched
        || transport::is_asked_for(context, at)
}
