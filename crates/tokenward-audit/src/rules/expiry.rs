//! Lifetimes: tokens end, soon, and verifiers look.

use super::library::{self, Library, Sign, golang_jwt};
use super::{Context, settings};
use crate::finding::{Confidence, Severity};
use crate::model::{Id, Key, Kind, Lookup, Model};

mod duration;

pub(super) use duration::seconds;

/// What says when a token ends, in claims.
const EXPIRY: [&str; 4] = ["exp", "ExpiresAt", "expiresAt", "Expiry"];

/// `no-expiry`: a token is made that never ends.
pub(super) fn missing(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        let Some(sign) = library::sign(m, call) else { continue };
        if has_expiry(m, call, &sign) == Some(false) {
            context.report(
                call,
                (Severity::High, Confidence::High),
                "this token never ends: neither its claims nor the options say when",
                fix(sign.library),
            );
        }
    }
    for (name, value) in settings::all(m) {
        let never = match name {
            "JWT_ACCESS_TOKEN_EXPIRES" | "JWT_REFRESH_TOKEN_EXPIRES" | "expires_delta" => {
                m.bool(value) == Some(false)
            }
            "lifetime_seconds" => m.is_null(value) && calls_strategy(m, value),
            _ => false,
        };
        if never {
            context.report(
                value,
                (Severity::High, Confidence::High),
                format!("`{name}` is off: these tokens never end"),
                "a few minutes for access tokens: timedelta(minutes=15)",
            );
        }
    }
}

fn calls_strategy(m: &Model, value: Id) -> bool {
    m.node(value).parent.is_some_and(|call| m.callee_name(call) == Some("JWTStrategy"))
}

fn fix(library: Library) -> &'static str {
    match library {
        Library::JsonWebToken | Library::Nest => "sign(claims, key, { …, expiresIn: '5m' })",
        Library::Jose => ".setExpirationTime('5m')",
        Library::JwtSimple => "exp: Math.floor(Date.now() / 1000) + 300",
        Library::GolangJwt => "\"exp\": jwt.NewNumericDate(time.Now().Add(5 * time.Minute))",
        _ => "\"exp\": datetime.now(timezone.utc) + timedelta(minutes=5)",
    }
}

/// Whether a token has an end; `None` where that is out of sight.
fn has_expiry(m: &Model, call: Id, sign: &Sign) -> Option<bool> {
    let payload = sign.payload.found()?;
    let in_claims = claims_expiry(m, payload)?;
    if in_claims {
        return Some(true);
    }
    match sign.library {
        Library::JsonWebToken => match sign.options {
            Lookup::Unknown => None,
            Lookup::Absent => Some(false),
            Lookup::Found(options) if matches!(m.kind(options), Kind::Function(_)) => Some(false),
            Lookup::Found(options) => match m.option(options, "expiresIn") {
                Lookup::Found(_) => Some(true),
                Lookup::Absent => Some(false),
                Lookup::Unknown => None,
            },
        },
        // The module's options, elsewhere, may say it.
        Library::Nest => None,
        Library::Jose => {
            let path = m.callee_path(call)?;
            Some(path.contains(".setExpirationTime()"))
        }
        _ => Some(false),
    }
}

/// Whether claims say when they end; `None` where not all of them are in sight.
fn claims_expiry(m: &Model, payload: Id) -> Option<bool> {
    for name in EXPIRY {
        match m.option(payload, name) {
            Lookup::Found(_) => return Some(true),
            Lookup::Unknown => return None,
            Lookup::Absent => {}
        }
    }
    let value = m.value(payload);
    if nested_expiry(m, value).is_some() {
        return Some(true);
    }
    let entries = m.entries(value);
    // Claims that are built elsewhere, and embedded: `RegisteredClaims: registered`.
    let embedded = entries.named.iter().any(|(name, inner)| {
        let inner = m.value(*inner);
        let in_sight = m.is_literal(inner) || matches!(m.kind(inner), Kind::Map(_));
        name.ends_with("Claims") && !in_sight || name.is_empty()
    });
    if entries.more || embedded { None } else { Some(false) }
}

/// `long-lifetime`: a token that is stolen today works for weeks.
pub(super) fn long(context: &mut Context<'_>) {
    let m = context.model;
    // With each, the code around it, which says what kind of token it is.
    let mut found: Vec<(Id, f64, String)> = Vec::new();
    for call in m.calls() {
        let lifetime = match library::sign(m, call) {
            Some(sign) => lifetime(m, call, &sign),
            None => module_lifetime(m, call),
        };
        if let Some((at, seconds)) = lifetime {
            let around = format!("{} {}", around(context, call), around(context, at));
            found.push((at, seconds, around));
        }
    }
    for (name, value) in settings::all(m) {
        if matches!(name, "JWT_ACCESS_TOKEN_EXPIRES" | "ACCESS_TOKEN_LIFETIME")
            && let Some(seconds) = seconds(m, value)
        {
            found.push((value, seconds, String::new()));
        }
    }
    for (at, seconds, around) in found {
        judge(context, m.value(at), seconds, &around);
    }
}

fn module_lifetime(m: &Model, call: Id) -> Option<(Id, f64)> {
    if m.callee_path(call).as_deref() != Some("@nestjs/jwt.JwtModule.register") {
        return None;
    }
    option_seconds(m, library::option(m, m.positional(call, 0), "signOptions"))
}

const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

fn judge(context: &mut Context<'_>, at: Id, seconds: f64, around: &str) {
    let is = |words: &[&str]| words.iter().any(|word| around.contains(word));
    // Tokens for one errand are another matter: they live until the mail is read.
    if is(&["reset", "invit", "activat", "confirm", "verif", "unsubscribe", "email", "state"]) {
        return;
    }
    let days = seconds / DAY;
    if is(&["refresh", "remember"]) {
        if days > 30.0 {
            context.report(
                at,
                (Severity::Medium, Confidence::Medium),
                format!("this refresh token lives for {}", spoken(seconds)),
                "at most 30 days, renewed at every use",
            );
        }
        return;
    }
    if seconds > HOUR {
        let severity = if days > 1.0 { Severity::High } else { Severity::Medium };
        context.report(
            at,
            (severity, Confidence::Medium),
            format!("this token lives for {}: a stolen one works that long", spoken(seconds)),
            "5 to 15 minutes, and a refresh token that is used once",
        );
    }
}

/// The function's name and the statement, in lower case.
fn around(context: &Context<'_>, at: Id) -> String {
    let m = context.model;
    let function = m.scope(m.function_of(at)).map_or("", |scope| scope.name.as_str());
    let statement = m
        .ancestors(at)
        .find(|id| matches!(m.kind(*id), Kind::Assign(..) | Kind::Return(_)))
        .unwrap_or(at);
    let statement: String = context.source(statement).chars().take(300).collect();
    format!("{function} {statement}").to_lowercase()
}

fn spoken(seconds: f64) -> String {
    let (number, unit) =
        if seconds >= 2.0 * DAY { (seconds / DAY, "days") } else { (seconds / HOUR, "hours") };
    format!("{number:.0} {unit}")
}

fn lifetime(m: &Model, call: Id, sign: &Sign) -> Option<(Id, f64)> {
    if sign.library == Library::Jose {
        // `.setExpirationTime('30d')` is on the way from the root to `.sign(…)`.
        return m.below(call).find_map(|one| {
            let named = m.callee_name(one) == Some("setExpirationTime");
            let at = if named { m.positional(one, 0).found()? } else { return None };
            Some((at, seconds(m, at)?))
        });
    }
    if let Some(found) = option_seconds(m, sign.options) {
        return Some(found);
    }
    let payload = sign.payload.found()?;
    let claim = EXPIRY.iter().find_map(|name| m.option(payload, name).found());
    let claim = claim.or_else(|| nested_expiry(m, m.value(payload)))?;
    Some((claim, seconds(m, claim)?))
}

fn option_seconds(m: &Model, options: Lookup) -> Option<(Id, f64)> {
    let at = library::option(m, options, "expiresIn").found()?;
    let seconds = match m.kind(m.value(at)) {
        // jsonwebtoken takes a number for seconds, and digits in quotes for milliseconds.
        Kind::Text(text) => duration::written(text)?,
        _ => m.number(at)?,
    };
    Some((at, seconds))
}

fn nested_expiry(m: &Model, value: Id) -> Option<Id> {
    m.below(value).find_map(|id| match m.kind(id) {
        Kind::Map(entries) => entries.iter().find_map(|entry| match &entry.key {
            Key::Named(name) if EXPIRY.contains(&name.as_str()) => Some(entry.value),
            _ => None,
        }),
        _ => None,
    })
}

/// `expiry-not-checked`: the verifier is told to take tokens that have ended.
pub(super) fn unchecked(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls() {
        if let Some(verify) = library::verify(m, call) {
            let is =
                |name, wanted| m.said(library::option(m, verify.options, name)) == Some(wanted);
            let python = matches!(verify.library, Library::PyJwt | Library::PythonJose);
            let off = is("ignoreExpiration", true) || python && is("verify_exp", false);
            // Whoever demands the claim means to look at it.
            let demands = library::option(m, verify.options, "require")
                .found()
                .is_some_and(|list| m.items(list).iter().any(|item| m.text(*item) == Some("exp")));
            if off && !demands && !library::signature_check_is_off(m, call, &verify) {
                tell(context, call);
            }
        }
        let path = m.callee_path(call).unwrap_or_default();
        let is_go = matches!(golang_jwt(&path), Some("WithoutClaimsValidation"));
        let allows = path == "flask_jwt_extended.decode_token"
            && m.said(m.keyword(call, "allow_expired")) == Some(true);
        if is_go || allows {
            tell(context, call);
        }
    }
}

fn tell(context: &mut Context<'_>, call: Id) {
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
    ];
    if expected.iter().any(|word| name.contains(word)) || checks_itself(m, call) {
        return;
    }
    context.report(
        call,
        (Severity::High, Confidence::Medium),
        "the check of the expiry is switched off: a token that was stolen once works for ever",
        "leave it on; a few seconds of leeway are enough for clocks that differ",
    );
}

/// Whether the same function compares `exp` itself.
fn checks_itself(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    m.ids().filter(|id| m.function_of(*id) == function && *id > call).any(|id| match m.kind(id) {
        Kind::Binary(operator, left, right) if operator.contains(['<', '>']) => {
            [*left, *right].into_iter().any(|side| {
                m.below(side).any(|one| match m.kind(one) {
                    Kind::Member(_, name) => EXPIRY.contains(&name.as_str()),
                    Kind::Text(name) => name == "exp",
                    _ => false,
                })
            })
        }
        _ => false,
    })
}
