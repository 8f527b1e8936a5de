//! `hardcoded-secret`: whoever reads the code can sign tokens.

use super::algorithm::is_none;
use super::library::{self, Calls, Library};
use super::names::plain;
use super::{Context, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

mod harmless;
mod kept;
mod reach;
mod suggest;

use harmless::{
    is_beside_development, is_compared, is_for_tests, is_listed_as_refused, is_of_a_table,
    is_of_a_template, is_of_development, is_refused, makes_samples, refusals, takes_no_secret,
};
pub(crate) use reach::names as names_of_keys;

/// A secret that stands in the code.
#[derive(Debug)]
struct Literal {
    text: String,
    /// Used where the environment has none.
    is_fallback: bool,
}

/// What is asked of a file once, for all of its secrets.
#[derive(Debug)]
struct OfFile<'m> {
    refusals: Vec<&'m str>,
    makes_samples: bool,
}

const FUEL: u8 = 8;
/// Settings of libraries that hold the key that signs.
const SETTINGS: [&str; 7] = [
    "jwtsecretkey",
    "signingkey",
    "jwtprivatekey",
    "secretorkey",
    "jwtsecret",
    "jwtsigningkey",
    "jwtkey",
];

/// Names that say so only inside of settings for tokens: `jwt: { tokenSecret: … }`.
const INSIDE_JWT: [&str; 2] = ["tokensecret", "secret"];

/// Names that say so only beside an algorithm: `SECRET_KEY = "…"; ALGORITHM = "HS256"`.
const BESIDE_ALGORITHM: [&str; 4] = ["secretkey", "secret", "authsecret", "authsecretkey"];

/// What a file with a secret for tokens holds, where no library's name is in it.
pub(super) const WORDS: &[&str] = &["hs256", "hs384", "hs512", "symmetricsecuritykey"];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    let file = OfFile { refusals: refusals(context), makes_samples: makes_samples(context) };
    for key in keys(m, context.library) {
        report(context, key, None, &file);
    }
    let about_jwt = is_about_jwt(m);
    let is_script_or_python = m.language.is_script() || m.language == Language::Python;
    let algorithms = if is_script_or_python { algorithms(m) } else { Vec::new() };
    let set: Vec<(&str, Id)> = settings::all(m)
        .filter(|(name, value)| {
            let name = plain(name);
            let is_beside = BESIDE_ALGORITHM.contains(&name.as_str())
                && algorithms.iter().any(|algorithm| is_beside(m, *algorithm, *value))
                || INSIDE_JWT.contains(&name.as_str()) && is_inside_jwt(m, *value);
            if is_beside {
                return true;
            }
            // Elsewhere `JWT_KEY` may well be the name of a cookie.
            let is_telling = is_script_or_python || name.contains("secret");
            // What is called `jwtSecret` says itself what it is for.
            is_telling
                && SETTINGS.contains(&name.as_str())
                && (about_jwt || name.starts_with("jwt"))
        })
        .filter(|(_, value)| {
            literal(m, *value).is_some_and(|(at, literal)| {
                // `DEFAULT_SECRET` is no label, whatever its text looks like.
                (is_value(&literal) || is_named_secret(m, *value, at))
                    && !is_field_name(&literal.text)
            })
        })
        .filter(|(_, value)| !is_listed_as_refused(context, *value) && !is_of_a_table(m, *value))
        .collect();
    for (name, value) in set {
        report(context, value, Some(name), &file);
    }
}

/// Whether a text is a setting's value, and not a label, a placeholder or the name of another setting.
fn is_value(literal: &Literal) -> bool {
    let text = literal.text.as_str();
    // What is used where the environment has none is a value, however it is written.
    let is_name = !literal.is_fallback
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    !is_name && !text.contains(char::is_whitespace) && !text.starts_with(['$', '<', '{', '%'])
        || text.contains("PRIVATE KEY-----")
}

/// `jwt_key = "jwt"`: under which name something is kept.
fn is_field_name(text: &str) -> bool {
    matches!(
        plain(text).as_str(),
        "jwt" | "token" | "payload" | "claims" | "authorization" | "publickey" | "privatekey"
    )
}

/// `"secret": DEFAULT_SECRET`
fn is_named_secret(m: &Model, value: Id, at: Id) -> bool {
    value != at && m.last_name(value).is_some_and(|name| plain(name).contains("secret"))
}

/// Whether two settings are in the same map, or in the same scope where neither is in one.
fn is_beside(m: &Model, one: Id, other: Id) -> bool {
    let map = |id| m.node(id).parent.filter(|parent| matches!(m.kind(*parent), Kind::Map(_)));
    m.node(one).scope == m.node(other).scope && map(one) == map(other)
}

/// `jwt: { … }` around a setting that has a value where the environment has none.
fn is_inside_jwt(m: &Model, value: Id) -> bool {
    let is_jwt =
        |map: Id| settings::all(m).any(|(name, inner)| inner == map && plain(name) == "jwt");
    m.node(value).parent.is_some_and(|map| matches!(m.kind(map), Kind::Map(_)) && is_jwt(map))
        && literal(m, value).is_some_and(|(_, literal)| literal.is_fallback)
}

/// Where a setting names an algorithm that takes a secret.
fn algorithms(m: &Model) -> Vec<Id> {
    settings::all(m)
        .filter(|(name, value)| {
            matches!(plain(name).as_str(), "algorithm" | "jwtalgorithm" | "jwtalg")
                && literal(m, *value).is_some_and(|(_, literal)| literal.text.starts_with("HS"))
        })
        .map(|(_, value)| value)
        .collect()
}

/// Settings of other names count in files that have to do with JWT.
fn is_about_jwt(m: &Model) -> bool {
    let python = settings::all(m).any(|(name, _)| {
        matches!(
            name,
            "SIMPLE_JWT" | "JWT_ALGORITHM" | "JWT_ACCESS_TOKEN_EXPIRES" | "JWT_TOKEN_LOCATION"
        )
    });
    python
        || m.imports().any(|path| {
            [
                "flask_jwt_extended",
                "jwt",
                "jose",
                "passport-jwt",
                "jsonwebtoken",
                "rest_framework_simplejwt",
            ]
            .iter()
            .any(|library| path == *library || path.starts_with(&format!("{library}.")))
        })
}

/// The keys that calls sign or verify with.
fn keys(m: &Model, calls: &Calls) -> Vec<Id> {
    let mut keys: Vec<Id> =
        calls.keys().iter().copied().filter(|key| !is_never_taken(m, calls, *key)).collect();
    // Under `none` no key is used, whatever is handed over.
    let signed =
        calls.signs().filter(|sign| !sign.algorithm.found().is_some_and(|id| is_none(m, id)));
    keys.extend(signed.filter_map(|sign| sign.key.found()));
    for verify in calls.verifies().filter(|one| !one.is_off && !takes_no_secret(m, one)) {
        match verify.key {
            Lookup::Found(key) if verify.library == Library::GolangJwt => {
                keys.extend(library::returned(m, key));
            }
            Lookup::Found(key) => keys.push(key),
            _ => {}
        }
    }
    keys
}

/// Whether a secret stands beside verifiers alone, of which none takes one.
fn is_never_taken(m: &Model, calls: &Calls, key: Id) -> bool {
    let function = m.function_of(key);
    let is_here = |call: Id| m.function_of(call) == function;
    let mut verifies = calls.verifies().filter(|verify| is_here(verify.call)).peekable();
    verifies.peek().is_some()
        && verifies.all(|verify| takes_no_secret(m, verify))
        && !calls.signs().any(|sign| is_here(sign.call))
}

/// Tells of a key that is a literal; `setting` is the name that it is given.
fn report(context: &mut Context<'_>, key: Id, setting: Option<&str>, file: &OfFile<'_>) {
    let m = context.model;
    let Some((at, literal)) = literal(m, key) else { return };
    if is_public(&literal.text) || is_empty(&literal.text) {
        return;
    }
    let fix = suggest::fix(m.language, suggest::variable(context, key, &literal));
    if literal.text.contains("PRIVATE KEY-----") {
        let message = "a private key stands in the code: whoever reads it can sign tokens";
        context.report(at, (Severity::Critical, Confidence::High), message, fix);
        return;
    }
    let mut verifies = context.library.verifies();
    let is_checked = verifies.any(|verify| verify.key.found() == Some(key))
        && context.library.signs().next().is_none();
    let message = match (
        literal.is_fallback || settings::is_read_from_outside(context, at),
        is_checked,
    ) {
        (true, true) => {
            "without its setting, tokens are checked with a secret that stands in the code"
        }
        (true, false) => {
            "without its setting, tokens are signed with a secret that stands in the code"
        }
        (false, true) => {
            "the secret that tokens are checked with stands in the code: whoever reads it can sign them"
        }
        (false, false) => {
            "the secret that signs tokens stands in the code: whoever reads it can sign them"
        }
    };
    let names = [literal.text.as_str(), setting.or_else(|| m.last_name(key)).unwrap_or_default()];
    // Where production does not start with it, whether it is ever used there is for a person to say.
    let is_open = is_refused(&file.refusals, &names)
        || is_compared(context, at, &literal.text)
        || is_of_development(context.source(m.value(key)))
        || is_beside_development(context, at)
        || file.makes_samples
        || !literal.is_fallback
            && (is_of_a_template(context, at) || is_for_tests(context, at, &literal.text));
    let confidence = if is_open { Confidence::Low } else { Confidence::High };
    let told = context.hits.len();
    context.report(at, (Severity::High, confidence), message, fix);
    if let Some(setting) = setting.filter(|_| context.hits.len() > told) {
        context.read_as(setting, key);
    }
}

/// The literal that a key is made of, and where it stands.
fn literal(m: &Model, key: Id) -> Option<(Id, Literal)> {
    literal_in(m, key, false, FUEL)
}

fn literal_in(m: &Model, id: Id, fallback: bool, fuel: u8) -> Option<(Id, Literal)> {
    let fuel = fuel.checked_sub(1).filter(|_| m.charge(1))?;
    let values = m.values(id);
    let fallback = fallback || values.len() > 1;
    values.into_iter().find_map(|value| match m.kind(value) {
        Kind::Text(text) => Some((value, Literal { text: text.clone(), is_fallback: fallback })),
        Kind::Call { .. } => inside(m, value, fallback, fuel),
        // Flask: `app.config["SECRET_KEY"]`
        Kind::Index(object, key) if m.last_name(*object) == Some("config") => {
            let set = kept::of(m, value, m.text(*key)?)?;
            literal_in(m, set, fallback, fuel)
        }
        // Swift: `Data("…".utf8)`
        Kind::Member(object, name) if name == "utf8" => literal_in(m, *object, fallback, fuel),
        _ => None,
    })
}

/// Through what makes bytes of text, and through look-ups with a default.
fn inside(m: &Model, call: Id, fallback: bool, fuel: u8) -> Option<(Id, Literal)> {
    let name = m.callee_name(call).unwrap_or_default();
    let Kind::Call { callee, args } = m.kind(call) else { return None };
    let first = args.first().filter(|arg| arg.name.is_none()).map(|arg| arg.value);
    match (name, m.kind(*callee)) {
        // `"…".encode()`
        ("encode", Kind::Member(object, _)) if first.is_none_or(|arg| is_charset(m, arg)) => {
            literal_in(m, *object, fallback, fuel)
        }
        // `"…".getBytes()`
        (
            "getBytes" | "toByteArray" | "encodeToByteArray" | "toCharArray" | "bytes" | "b"
            | "freeze",
            Kind::Member(object, _),
        ) if m.language != Language::Python => literal_in(m, *object, fallback, fuel),
        ("decode", Kind::Member(object, _)) if is_base64(m, *object) => {
            literal_in(m, first?, fallback, fuel)
        }
        (name, _) if MAKERS.contains(&name) => literal_in(m, first?, fallback, fuel),
        ("unwrap_or" | "unwrap_or_else" | "orElse" | "unwrap_or_default", _) => {
            let default = m.value(first?);
            let answer = library::returned(m, default).first().copied().unwrap_or(default);
            literal_in(m, answer, true, fuel)
        }
        (
            "getenv" | "get" | "env" | "config" | "str" | "getOrDefault" | "fetch" | "getProperty"
            | "GetValue",
            _,
        ) => {
            let default = m.keyword(call, "default").found();
            // `ConfigParser.get(section, option)` has no other default than `fallback`.
            if kept::is_config_parser(m, *callee) {
                return literal_in(m, m.keyword(call, "fallback").found()?, true, fuel);
            }
            // lodash takes the path second: `_.get(config, "jwt.secret", "…")`
            let is_lodash = matches!(m.kind(*callee), Kind::Member(object, _)
                if matches!(m.last_name(*object), Some("_" | "lodash")));
            let place = if is_lodash { 2 } else { 1 };
            let default = default.or_else(|| m.positional(call, place).found())?;
            literal_in(m, default, true, fuel)
        }
        // Dart: `String.fromEnvironment('KEY', defaultValue: '…')`
        ("fromEnvironment", _) => {
            literal_in(m, m.keyword(call, "defaultValue").found()?, true, fuel)
        }
        // pydantic: `jwt_secret: str = Field(default="…")`
        ("Field", _) => {
            let default = m.argument(call, "default", 0).found()?;
            literal_in(m, default, true, fuel)
        }
        _ => None,
    }
}

/// What makes a key of text, or bytes of it.
const MAKERS: [&str; 24] = [
    "Data",
    "SymmetricKey",
    "encode",
    "from",
    "createSecretKey",
    "createPrivateKey",
    "bytes",
    "b64decode",
    "[]byte",
    "SecretStr",
    "OctKey",
    "import_key",
    "hmacShaKeyFor",
    "SecretKeySpec",
    "GetBytes",
    "FromBase64String",
    "Key",
    "plainText",
    "base64_decode",
    "strict_decode64",
    "urlsafe_decode64",
    "SymmetricSecurityKey",
    "encodeToString",
    "from_secret",
];

/// `Decoders.BASE64`, `Base64.getDecoder()`
fn is_base64(m: &Model, id: Id) -> bool {
    let is = |name: &str| name.to_ascii_lowercase().starts_with("base64");
    match m.kind(id) {
        Kind::Name(name) => is(name),
        Kind::Member(object, name) => is(name) || is_base64(m, *object),
        Kind::Call { callee, .. } => is_base64(m, *callee),
        _ => false,
    }
}

fn is_charset(m: &Model, id: Id) -> bool {
    m.text(id).is_some_and(|text| {
        text.to_lowercase().starts_with("utf") || text.eq_ignore_ascii_case("ascii")
    })
}

fn is_public(text: &str) -> bool {
    text.contains("BEGIN PUBLIC KEY")
        || text.contains("BEGIN RSA PUBLIC KEY")
        || text.contains("BEGIN CERTIFICATE")
        || text.starts_with("https://")
}

/// Empty strings are what a missing setting looks like; the code after it may well stop there.
fn is_empty(text: &str) -> bool {
    text.trim().is_empty()
}
