//! Lifetimes: tokens end, soon, and verifiers look.

use super::library::{self, Library, Sign};
use super::names::plain;
use super::{Context, settings};
use crate::finding::{Confidence, Severity};
use crate::model::{Id, Key, Kind, Lookup, Model};

mod duration;
mod elsewhere;
mod errand;
mod unchecked;

pub(super) use duration::seconds;
use duration::{count_of, is_now_in_millis};
pub(super) use elsewhere::compares_issue;
use elsewhere::{
    has_own_end, is_column, is_dated, is_for_once, is_for_push, is_login_state, is_merged,
    is_of_nobody, is_old_by_issue, is_opaque, is_proof, is_self_test, is_stored, is_wrapped,
    knows_another_end,
};
pub(super) use unchecked::unchecked;

/// What says when a token ends, in claims.
const EXPIRY: [&str; 4] = ["exp", "ExpiresAt", "expiresAt", "Expiry"];

/// `no-expiry`: a token is made that never ends.
pub(super) fn missing(context: &mut Context<'_>) {
    let m = context.model;
    let mut knows_another = None;
    for sign in context.library.signs() {
        let ends_elsewhere = || {
            is_for_push(context, sign)
                || is_for_once(context, sign)
                || is_self_test(context, sign)
                || is_proof(m, sign)
        };
        if has_expiry(m, sign) == Some(false) && !ends_elsewhere() {
            let is_kept = is_stored(context, sign)
                || is_opaque(context, sign)
                || is_column(m, sign)
                || is_of_nobody(context, sign)
                || is_dated(context, sign)
                || is_login_state(m, sign)
                || is_old_by_issue(context)
                || has_own_end(m, sign)
                || *knows_another.get_or_insert_with(|| knows_another_end(context));
            let confidence = if is_kept { Confidence::Low } else { Confidence::High };
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
    if is_merged(m, payload) {
        return None;
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
    let says = |value: Id| !m.is_null(value);
    if entries.named.iter().any(|(name, value)| is_own(name) && says(*value)) {
        return Some(true);
    }
    // Claims that are built elsewhere, and embedded: `RegisteredClaims: registered`.
    let embedded = entries.named.iter().any(|(name, inner)| {
        let inner = m.value(*inner);
        let in_sight = m.is_literal(inner) || matches!(m.kind(inner), Kind::Map(_));
        name.ends_with("Claims") && !in_sight || name.is_empty()
    });
    let wrapped = entries.named.iter().any(|(_, claim)| is_wrapped(m, *claim));
    if entries.more || embedded || wrapped { None } else { Some(false) }
}

/// What a file holds, beside the name of a library, that says how long tokens live.
pub(super) const WORDS: &[&str] = &["access_token_expire_", "jwt_expir"];

/// `long-lifetime`: a token that is stolen today works for weeks.
pub(super) fn long(context: &mut Context<'_>) {
    let m = context.model;
    // With each, the code around it, which says what kind of token it is.
    let mut found: Vec<(Id, f64, String)> = Vec::new();
    let goes_by_issue = compares_issue(m);
    for call in m.calls() {
        let sign = context.library.sign(call);
        if let Some(at) = sign.and_then(|sign| end_in_millis(m, sign)) {
            context.report(
                at,
                (Severity::High, Confidence::High),
                "`exp` is in milliseconds, and is read in seconds (RFC 7519, section 4.1.4): this token ends in tens \
                 of thousands of years",
                "Math.floor(Date.now() / 1000) + 900",
            );
            continue;
        }
        let lifetime = match sign {
            Some(_) if goes_by_issue => None,
            Some(sign) => lifetime(m, sign),
            None => module_lifetime(m, call),
        };
        if let Some((at, seconds)) = lifetime {
            if sign.is_some_and(|sign| errand::is_for_one(context, sign)) {
                continue;
            }
            // A client signs with its own secret, and for itself.
            let key = sign.and_then(|sign| sign.key.found());
            let key = key.map(|key| context.source(m.value(key)).to_lowercase());
            let around = [around(context, call), around(context, at), key.unwrap_or_default()];
            let around = around.join(" ");
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
    named(context);
}

/// What access tokens' lifetimes are called in settings, and the seconds that each counts.
const NAMED: [(&str, f64); 8] = [
    ("accesstokenexpireminutes", 60.0),
    ("accesstokenexpirehours", HOUR),
    ("accesstokenexpiredays", DAY),
    ("jwtexpireminutes", 60.0),
    ("jwtexpirationminutes", 60.0),
    ("jwtexpirationhours", HOUR),
    ("jwtexpirydays", DAY),
    ("jwtexpirationdays", DAY),
];

/// `ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24 * 8`, where something reads it.
fn named(context: &mut Context<'_>) {
    let m = context.model;
    let is_python = m.language == crate::Language::Python;
    // Where the token is made in the same file, that is told of already.
    let is_told = context.hits.iter().any(|hit| hit.rule == context.rule);
    for (name, value) in settings::all(m).filter(|_| is_python && !is_told) {
        let simple = plain(name);
        let Some((_, unit)) = NAMED.iter().find(|(known, _)| *known == simple) else { continue };
        let Some(seconds) = count_of(m, value).map(|count| count * unit) else { continue };
        if seconds >= DAY {
            let told = context.hits.len();
            judge(context, value, seconds, "");
            if context.hits.len() > told {
                context.read_as(name, value);
            }
        }
    }
}

fn module_lifetime(m: &Model, call: Id) -> Option<(Id, f64)> {
    let options = match m.callee_path(call).as_deref() {
        Some("@nestjs/jwt.JwtModule.register") => m.positional(call, 0),
        // `registerAsync({ useFactory: () => ({ signOptions: … }) })`
        Some("@nestjs/jwt.JwtModule.registerAsync") => {
            let make = library::option(m, m.positional(call, 0), "useFactory").found()?;
            Lookup::Found(library::returned(m, make).first().copied()?)
        }
        _ => return None,
    };
    let options = library::option(m, options, "signOptions");
    let at = library::option(m, options, "expiresIn").found()?;
    Some((at, seconds(m, at)?))
}

const HOUR: f64 = 3600.0;
pub(super) const DAY: f64 = 86_400.0;

fn judge(context: &mut Context<'_>, at: Id, seconds: f64, around: &str) {
    let is = |words: &[&str]| words.iter().any(|word| around.contains(word));
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
        // Whether hours are too long, or a day where nothing renews it, people differ.
        let is_renewed = || {
            context.says("refresh")
                && !context.says_any(&["revok", "blacklisted", "denylist", "blocklist"])
        };
        let confidence = if days > 1.0 || days >= 0.5 && is_renewed() {
            Confidence::Medium
        } else {
            Confidence::Low
        };
        // `int(os.getenv("TTL", 7))`, `ttl: int = 7` in a class of settings.
        let is_default = matches!(context.model.kind(at), Kind::Choice(_))
            || ["getenv(", "environ", "process.env", "env("]
                .iter()
                .any(|read| context.source(at).contains(read))
            || settings::is_read_from_outside(context, at);
        let unless = if is_default { ", unless a setting says otherwise" } else { "" };
        context.report(
            at,
            (severity, confidence),
            format!(
                "this token lives for {}{unless}: a stolen one works that long",
                spoken(seconds)
            ),
            "5 to 15 minutes, and a refresh token that is used once",
        );
    }
}

/// The function's name and the statement, in lower case.
fn around(context: &Context<'_>, at: Id) -> String {
    let m = context.model;
    let function = m.scope(m.function_of(at)).map_or("", |scope| scope.name.as_str());
    format!("{function} {}", statement(context, at)).to_lowercase()
}

/// As much of a statement as is read, in characters.
const MAX_STATEMENT: usize = 300;

/// The beginning of the statement around a node, or of the member of a map: `access: jwt.sign(…), refresh: …`.
fn statement(context: &Context<'_>, at: Id) -> String {
    let m = context.model;
    let (mut whole, mut name) = (at, "");
    let mut inside = at;
    for one in m.ancestors(at) {
        match m.kind(one) {
            Kind::Assign(..) | Kind::Return(_) => {
                whole = one;
                break;
            }
            // The claims and the options of the call itself are maps as well.
            Kind::Map(entries) if m.below(inside).any(|id| is_call(m, id)) => {
                name = entries
                    .iter()
                    .find_map(|entry| match &entry.key {
                        Key::Named(name) if entry.value == inside => Some(name.as_str()),
                        _ => None,
                    })
                    .unwrap_or_default();
                whole = inside;
                break;
            }
            _ => inside = one,
        }
    }
    format!("{name} {}", context.source(whole)).chars().take(MAX_STATEMENT).collect()
}

fn is_call(m: &Model, id: Id) -> bool {
    matches!(m.kind(id), Kind::Call { .. })
}

fn spoken(seconds: f64) -> String {
    let (number, unit) =
        if seconds >= 2.0 * DAY { (seconds / DAY, "days") } else { (seconds / HOUR, "hours") };
    format!("{number:.0} {unit}")
}

/// How long a token lives, in seconds, and where that is said; it counts where no [`compares_issue`].
pub(super) fn lifetime(m: &Model, sign: &Sign) -> Option<(Id, f64)> {
    if let Some(at) = sign.expiry.found() {
        return Some((at, seconds(m, at)?));
    }
    let payload = sign.payload.found()?;
    let claim = EXPIRY.iter().find_map(|name| m.option(payload, name).found());
    let claim = claim.or_else(|| nested_expiry(m, m.value(payload)))?;
    Some((claim, seconds(m, claim)?))
}

/// `exp: Date.now() + 900000`, where nothing in the file reads it as such.
fn end_in_millis(m: &Model, sign: &Sign) -> Option<Id> {
    let claim = m.option(sign.payload.found()?, "exp").found()?;
    let is_sum = match m.kind(m.value(claim)) {
        Kind::Binary(operator, left, right) => {
            operator == "+" && [*left, *right].iter().any(|side| is_now_in_millis(m, *side))
        }
        _ => false,
    };
    (is_sum && !m.ids().any(|id| compares(m, id, &["exp"]))).then_some(claim)
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

/// Whether this holds a claim of one of these names against something.
fn compares(m: &Model, id: Id, claims: &[&str]) -> bool {
    let Kind::Binary(operator, left, right) = m.kind(id) else { return false };
    operator.contains(['<', '>'])
        && [*left, *right].into_iter().any(|side| {
            // `end = fromtimestamp(claims["exp"])`, and then `end < now`.
            let named = m.value(side);
            m.below(side).chain(m.below(named)).any(|one| match m.kind(one) {
                Kind::Member(_, name) | Kind::Text(name) => claims.contains(&name.as_str()),
                _ => false,
            })
        })
}
