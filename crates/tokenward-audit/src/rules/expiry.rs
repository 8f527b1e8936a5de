//! Lifetimes: tokens end, soon, and verifiers look.

use super::library::{self, Library, Sign, golang_jwt};
use super::{Context, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Key, Kind, Lookup, Model};

mod duration;
mod elsewhere;

pub(super) use duration::seconds;
use elsewhere::{compares_issue, is_for_push, is_stored, reads_expiry, speaks_of_ttl};

/// What says when a token ends, in claims.
const EXPIRY: [&str; 4] = ["exp", "ExpiresAt", "expiresAt", "Expiry"];

/// `no-expiry`: a token is made that never ends.
pub(super) fn missing(context: &mut Context<'_>) {
    let m = context.model;
    for sign in context.library.signs() {
        if has_expiry(m, sign) == Some(false) && !is_for_push(context, sign) {
            let confidence =
                if is_stored(context, sign) { Confidence::Low } else { Confidence::High };
            context.report(
                sign.call,
                (Severity::High, confidence),
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
        Library::Jjwt => ".expiration(Date.from(Instant.now().plus(5, ChronoUnit.MINUTES)))",
        Library::JavaJwt => ".withExpiresAt(Instant.now().plus(5, ChronoUnit.MINUTES))",
        Library::Nimbus => ".expirationTime(Date.from(Instant.now().plus(5, ChronoUnit.MINUTES)))",
        Library::IdentityModel | Library::TokenDescriptor => {
            "expires: DateTime.UtcNow.AddMinutes(5)"
        }
        Library::FirebaseJwt | Library::JoseJwt => "'exp' => time() + 300",
        Library::Lcobucci => "->expiresAt($now->modify('+5 minutes'))",
        Library::DartJsonWebToken => "jwt.sign(key, expiresIn: const Duration(minutes: 5))",
        Library::RubyJwt => "exp: Time.now.to_i + 300",
        _ => "\"exp\": datetime.now(timezone.utc) + timedelta(minutes=5)",
    }
}

/// Whether a token has an end; `None` where that is out of sight.
pub(super) fn has_expiry(m: &Model, sign: &Sign) -> Option<bool> {
    let in_claims = match sign.payload {
        Lookup::Found(payload) => claims_expiry(m, payload)?,
        Lookup::Absent => library::chain_claims(m, sign.call)
            .iter()
            .any(|(name, _)| EXPIRY.contains(&name.as_str())),
        Lookup::Unknown => return None,
    };
    match sign.expiry {
        _ if in_claims => Some(true),
        Lookup::Found(_) => Some(true),
        Lookup::Absent => Some(sign.library == Library::TokenDescriptor),
        Lookup::Unknown => None,
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
    // `exp_date`, if this file holds it against the clock.
    let is_own = |name: &str| {
        name.to_lowercase().contains("exp") && m.ids().any(|id| compares(m, id, &[name]))
    };
    if entries.named.iter().any(|(name, _)| is_own(name)) {
        return Some(true);
    }
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
        let lifetime = match context.library.sign(call) {
            Some(sign) => lifetime(m, sign),
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
    let options = library::option(m, m.positional(call, 0), "signOptions");
    let at = library::option(m, options, "expiresIn").found()?;
    Some((at, seconds(m, at)?))
}

const HOUR: f64 = 3600.0;
pub(super) const DAY: f64 = 86_400.0;

fn judge(context: &mut Context<'_>, at: Id, seconds: f64, around: &str) {
    let is = |words: &[&str]| words.iter().any(|word| around.contains(word));
    // Tokens for one errand are another matter: they live until the mail is read.
    if is(&["reset", "invit", "activat", "confirm", "verif", "unsubscribe", "email", "state"]) {
        return;
    }
    // Handlers that only a developer's machine has.
    if is(&["devmode", "dev_mode", "isdev", "is_dev"]) {
        return;
    }
    // What a client signs for itself, for as long as the other party says.
    if is(&["client_secret", "clientsecret", "assertion"]) {
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

pub(super) fn lifetime(m: &Model, sign: &Sign) -> Option<(Id, f64)> {
    if compares_issue(m) {
        return None;
    }
    if let Some(at) = sign.expiry.found() {
        return Some((at, seconds(m, at)?));
    }
    let payload = sign.payload.found()?;
    let claim = EXPIRY.iter().find_map(|name| m.option(payload, name).found());
    let claim = claim.or_else(|| nested_expiry(m, m.value(payload)))?;
    Some((claim, seconds(m, claim)?))
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

/// Options that switch the check off, with what they then are.
const SWITCHES: [(&str, bool); 5] = [
    ("checkExpiresIn", false),
    ("ignoreExpiration", true),
    ("verify_exp", false),
    ("verify_expiration", false),
    ("validate_exp", false),
];

/// `expiry-not-checked`: the verifier is told to take tokens that have ended.
pub(super) fn unchecked(context: &mut Context<'_>) {
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
        let is_go = matches!(golang_jwt(&path), Some("WithoutClaimsValidation"));
        let allow = Some(m.keyword(call, "allow_expired")).filter(|allow| {
            path == "flask_jwt_extended.decode_token" && m.said(*allow) == Some(true)
        });
        if is_go || allow.is_some() {
            tell(context, call, allow.and_then(Lookup::found));
        }
    }
    settings_off(context);
    empty_checks(context);
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

/// `ValidateLifetime = false`, wherever the parameters are made.
fn settings_off(context: &mut Context<'_>) {
    let m = context.model;
    for (name, value) in settings::all(m) {
        let off = match m.language {
            Language::CSharp => {
                matches!(name, "ValidateLifetime" | "RequireExpirationTime").then_some(false)
            }
            // go-oidc
            Language::Go => (name == "SkipExpiryCheck").then_some(true),
            _ => None,
        };
        if off.is_some() && m.bool(value) == off {
            tell(context, value, Some(value));
        }
    }
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
    ];
    if expected.iter().any(|word| name.contains(word)) || checks_itself(m, call) {
        return;
    }
    // Whoever reads it elsewhere, or leaves it to a store, may well compare it; that is out of sight.
    let is_open = speaks_of_ttl(context) || reads_expiry(m, call);
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

/// Whether the same function compares `exp` itself, or one of this file that it calls afterwards.
fn checks_itself(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    let after = |id: &Id| *id > call && m.function_of(*id) == function;
    m.ids().filter(after).any(|id| compares_expiry(m, id))
        || m.calls()
            .filter(after)
            .filter_map(|id| m.helper(id))
            .any(|helper| m.ids().any(|id| m.function_of(id) == helper && compares_expiry(m, id)))
}

fn compares_expiry(m: &Model, id: Id) -> bool {
    compares(m, id, &EXPIRY)
}

/// Whether this holds a claim of one of these names against something.
fn compares(m: &Model, id: Id, claims: &[&str]) -> bool {
    let Kind::Binary(operator, left, right) = m.kind(id) else { return false };
    operator.contains(['<', '>'])
        && [*left, *right].into_iter().any(|side| {
            m.below(side).any(|one| match m.kind(one) {
                Kind::Member(_, name) | Kind::Text(name) => claims.contains(&name.as_str()),
                _ => false,
            })
        })
}
