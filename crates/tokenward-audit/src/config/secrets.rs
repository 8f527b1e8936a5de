//! Secrets in settings, private keys and tokens in the tree.

use std::ops::Range;
use std::path::Path;

use base64::Engine as _;

use super::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;
use crate::rules::names::{plain, words};
use crate::token::BASE64;

/// Words in the name of a setting that is about a secret, and is none.
const OTHER: [&str; 22] = [
    "public", "pub", "name", "ref", "file", "path", "header", "issuer", "audience", "alg", "expir",
    "ttl", "uri", "url", "cookie", "location", "lifetime", "enabled", "length", "size", "keyid",
    "kid",
];
/// Names that are those of a secret that signs tokens, whatever is around them.
const NAMES: [&str; 13] = [
    "jwtsecret",
    "jwtsecretkey",
    "jwtsigningkey",
    "jwtkey",
    "jwtprivatekey",
    "jwtaccesssecret",
    "jwtrefreshsecret",
    "accesstokensecret",
    "refreshtokensecret",
    "refreshsecret",
    "tokensecret",
    "nextauthsecret",
    "authsecret",
];
/// What a value is made of that names a secret, as Kubernetes' `secretKey: jwt-secret` does.
const NAMING: [&str; 10] =
    ["jwt", "secret", "key", "token", "auth", "signing", "access", "refresh", "private", "app"];

/// The documents of a file that are sealed for Kubernetes.
pub(super) fn sealed(text: &str) -> Vec<Range<usize>> {
    let (mut documents, mut start, mut is_sealed) = (Vec::new(), 0, false);
    for (at, line) in read::lines(text).chain([(text.len(), "---")]) {
        let line = line.trim_end();
        if line == "---" || line.starts_with("--- ") {
            documents.extend(is_sealed.then_some(start..at));
            (start, is_sealed) = (at, false);
        }
        is_sealed |= line == "kind: SealedSecret";
    }
    documents
}

/// Whether a value is of no use to whoever reads it.
pub(super) fn is_sealed(setting: &read::Setting<'_>, sealed: &[Range<usize>]) -> bool {
    setting.path.split('.').any(|part| part == "encryptedData")
        && sealed.iter().any(|document| document.contains(&setting.span.start))
}

/// Whether settings say that tokens are signed by a secret: `ALGORITHM=HS256`.
pub(super) fn signs_by_secret(settings: &[read::Setting<'_>]) -> bool {
    settings.iter().any(|one| {
        plain(one.last()).ends_with("algorithm") && matches!(one.value, "HS256" | "HS384" | "HS512")
    })
}

/// `JWT_SECRET=…`, `jwt.secret: …`, with a value that is one.
pub(super) fn secret(
    path: &Path,
    setting: &read::Setting<'_>,
    signs_by_secret: bool,
) -> Option<Hit> {
    let last = plain(name(setting));
    let is_secret = is_named(setting) || signs_by_secret && last == "secretkey";
    let value = default(setting.value).unwrap_or(setting.value);
    let is_terraform =
        path.extension().is_some_and(|extension| extension == "tf" || extension == "tfvars");
    let is_reference = is_terraform && !setting.quoted;
    // Where the name says little, the value has to say more: `"jwt": {"key": "user_id"}`.
    let names_another =
        last == "key" && is_short_name(value) || last == "secretkey" && is_naming(value);
    let is_given = is_value(value) || is_phrase(path, setting, value);
    if !is_secret || is_reference || names_another || is_translation(path) || !is_given {
        return None;
    }
    Some(hit(
        "secret-in-config",
        setting.span.clone(),
        Severity::High,
        "the secret that signs tokens lies in the tree: whoever reads it can sign them",
        "give it to the process from outside (a secret store, a file that git ignores), and replace this one",
    ))
}

/// The parts of a setting's name. Terraform: `variable "jwt_secret" { default = "…" }`.
fn parts<'s>(setting: &'s read::Setting<'_>) -> Vec<&'s str> {
    let mut parts: Vec<&str> =
        setting.path.split(['.', ':']).filter(|one| !one.is_empty()).collect();
    if parts.len() > 1 && parts.last() == Some(&"default") {
        parts.pop();
    }
    parts
}

fn name<'s>(setting: &'s read::Setting<'_>) -> &'s str {
    parts(setting).last().copied().unwrap_or_default()
}

/// Whether a setting's name is that of a secret that signs tokens.
pub(super) fn is_named(setting: &read::Setting<'_>) -> bool {
    let parts = parts(setting);
    let Some(name) = parts.last() else { return false };
    let last = plain(name);
    // The part before counts too: `jwt.secret`, `Jwt:Key`.
    let two: String = parts.iter().rev().take(2).rev().map(|part| plain(part)).collect();
    let is_secret = NAMES.iter().any(|name| last.ends_with(name) || two.ends_with(name));
    is_secret && !is_about(name)
}

/// Whether a value is a secret, or a variable that holds one.
pub(super) fn is_given(value: &str) -> bool {
    let is_variable =
        value.len() > 1 && value.starts_with('$') && !value.contains(char::is_whitespace);
    is_variable || is_value(value)
}

fn is_short_name(value: &str) -> bool {
    value.len() < 12 && value.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// Whether a name is that of something about a secret: one of its words says so.
fn is_about(name: &str) -> bool {
    let words = words(name);
    let whole = plain(name);
    OTHER.iter().any(|other| {
        words.iter().any(|word| word == other || other.len() > 3 && word.contains(other))
            || *other == "keyid" && whole.contains(other)
    })
}

/// What `${JWT_SECRET:-default}` (shells, Compose) and `${jwt.secret:default}` (Spring) fall back to.
fn default(value: &str) -> Option<&str> {
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    let at = inner.find([':', '-'])?;
    let rest = inner.get(at..)?.trim_start_matches(':');
    // `:?` and `?` are followed by what is said where there is none.
    (!rest.starts_with(['?', '+'])).then(|| rest.strip_prefix('-').unwrap_or(rest))
}

fn is_naming(value: &str) -> bool {
    value.split(['-', '_', '.']).all(|word| NAMING.contains(&word.to_lowercase().as_str()))
}

const LANGUAGES: [&str; 24] = [
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hu", "it", "ja", "ko", "nb", "nl",
    "pl", "pt", "ro", "ru", "sv", "tr", "uk", "zh",
];

/// Whether a file holds texts in a language: `locales/en.yml`, `de.json`.
fn is_translation(path: &Path) -> bool {
    let folders = ["locale", "locales", "i18n", "lang", "translations", "messages"];
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_language =
        LANGUAGES.contains(&&*stem) && path.extension().is_none_or(|end| end != "env");
    is_language || path.iter().any(|part| folders.iter().any(|folder| part == *folder))
}

/// Whether a value is the secret itself, and not where it is, or that it is missing.
fn is_value(value: &str) -> bool {
    let lower = value.to_lowercase();
    let stands_for_another = [
        "$",
        "<",
        "{",
        "%",
        "@",
        "enc(",
        "enc[",
        "vault:",
        "file:",
        "classpath:",
        "http:",
        "https:",
        "./",
        "!",
        "*",
        "arn:",
        "alias/",
        "projects/",
        "op://",
        "|",
        ">",
    ]
    .iter()
    .any(|start| lower.starts_with(start));
    // A name has words, and hexadecimal digits have none.
    let is_name = value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && (value.contains('_') || !value.contains(|c: char| c.is_ascii_digit()));
    let is_file = [".pem", ".key", ".jwk", ".json", ".p8"].iter().any(|end| lower.ends_with(end));
    let is_nothing = matches!(
        lower.as_str(),
        "null" | "none" | "true" | "false" | "~" | "{}" | "[]" | "string" | "object" | "required"
    );
    let is_alias = lower.starts_with("kms") || lower.ends_with("-alias");
    value.len() >= 4
        && value.is_ascii()
        && !value.contains(char::is_whitespace)
        && !(stands_for_another
            || is_name
            || is_placeholder(value)
            || is_path(value)
            || is_file
            || is_nothing
            || is_alias)
}

/// What an instruction says, which a passphrase does not.
const INSTRUCTIONS: [&str; 24] = [
    "a",
    "an",
    "and",
    "any",
    "be",
    "bits",
    "bytes",
    "change",
    "characters",
    "example",
    "for",
    "from",
    "generate",
    "here",
    "key",
    "long",
    "must",
    "openssl",
    "please",
    "random",
    "secret",
    "string",
    "the",
    "use",
];

/// `JWT_SECRET="correct horse battery staple"` in the environment of a program: words, of which none says what to put
/// there. Letters of other scripts are told there alone, too: elsewhere they are what a form is labeled with.
fn is_phrase(path: &Path, setting: &read::Setting<'_>, value: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_environment = name.starts_with(".env") || name.ends_with(".env");
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    let is_word = |word: &String| {
        word.chars().all(|c| c.is_alphanumeric() || c.is_ascii_punctuation())
            && word.chars().any(char::is_alphanumeric)
            && !INSTRUCTIONS.contains(&word.as_str())
            && !is_placeholder(word)
    };
    let is_enough = match words.as_slice() {
        // Without a digit it may say, in any language, what to put there.
        [one] => {
            one.chars().count() >= 8 && !one.is_ascii() && one.chars().any(|c| c.is_ascii_digit())
        }
        many => setting.quoted && many.len() >= 3 && value.len() >= 16,
    };
    is_environment
        && is_enough
        && words.iter().all(is_word)
        && !value.starts_with(['$', '<', '{', '(', '['])
}

/// Words that stand in the place of a secret.
const PLACEHOLDERS: [&str; 6] =
    ["todo", "placeholder", "replace", "replaceme", "replacethis", "replacewith"];

/// Whether a value asks for another. Within a word, as in `mastodon`, nothing does.
fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    // What jwt.io showed is the secret of many.
    let is_known = lower.starts_with("your-") && lower.ends_with("-bit-secret");
    let is_one = |word: &String| {
        PLACEHOLDERS.contains(&word.as_str())
            || word.starts_with("your")
            || word.len() >= 3 && word.chars().all(|c| c == 'x')
    };
    !is_known && (lower.contains("...") || words(value).iter().any(is_one))
}

/// Whether a value is where a file lies. Secrets in Base64 have slashes too, and one may be the first.
fn is_path(value: &str) -> bool {
    let Some(rest) = value.strip_prefix('/') else { return false };
    let longest = rest.split('/').max_by_key(|part| part.len()).unwrap_or_default();
    let is_mixed = longest.len() >= 12
        && longest.contains(|c: char| c.is_ascii_digit())
        && longest.contains(|c: char| c.is_ascii_uppercase());
    rest.contains(['/', '.']) && !rest.contains(['+', '=']) && !is_mixed
}

/// PEM and JWK with a private half, and tokens.
pub(super) fn keys_and_tokens(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, line) in read::lines(text) {
        let span = start..start.saturating_add(line.len());
        if line.contains("-----BEGIN ") && line.contains(PEM) {
            if is_key(text.get(start..).unwrap_or_default()) {
                hits.push(private(span));
            }
        } else if let Some(token) = token(line) {
            hits.push(hit(
                "token-in-tree",
                span,
                Severity::Medium,
                format!(
                    "a token lies in the tree (`{}…`): whoever reads it can use it for as long as it is good",
                    token.get(..12).unwrap_or_default()
                ),
                "take it out, revoke it, and let whoever needs one get their own",
            ));
        }
    }
    hits.extend(jwks(text));
    hits
}

const PEM: &str = "PRIVATE KEY-----";

/// Whether a key follows that is not encrypted, and no `goes here`.
fn is_key(text: &str) -> bool {
    let Some((before, rest)) = text.split_once(PEM) else { return false };
    let head: String = rest.chars().take(200).collect();
    let head = head.replace("\\n", "\n");
    let is_encrypted = before.contains("ENCRYPTED") || head.contains("ENCRYPTED");
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let has_body = head.split(|c: char| !is_base64(c)).any(|run| run.len() >= 20);
    !is_encrypted && has_body
}

/// As many keys as one file may show: what has more is told of already.
const MOST_KEYS: usize = 100;
/// Longer, no key is written.
const MAX_JWK: usize = 8192;

/// Objects with `kty`, and beside it a private member.
fn jwks(text: &str) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (at, _) in text.match_indices("\"kty\"").take(MOST_KEYS) {
        let near = at.saturating_sub(MAX_JWK);
        let before = (0..4).find_map(|less| text.get(near.saturating_sub(less)..at));
        let before = before.unwrap_or_default();
        let start =
            before.rfind('{').map(|open| at.saturating_sub(before.len()).saturating_add(open));
        let Some(object) = start.and_then(|start| text.get(start..)) else { continue };
        let object = object.split_once('}').map_or(object, |(inside, _)| inside);
        let is_secret = object.contains("\"oct\"");
        let member = if is_secret { "\"k\"" } else { "\"d\"" };
        let Some(place) = object.find(member).filter(|_| object.len() <= MAX_JWK) else { continue };
        let value = object.get(place.saturating_add(member.len())..).unwrap_or_default();
        let value = value.trim_start_matches([' ', ':', '\n', '\r', '\t', '"']);
        let length = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
            .unwrap_or(value.len());
        if length >= 20 {
            let place = start.unwrap_or_default().saturating_add(place);
            let end = text.get(place..).and_then(|rest| rest.find('\n')).unwrap_or(3);
            let span = place..place.saturating_add(end);
            if hits.iter().all(|hit| hit.span != span) {
                hits.push(private(span));
            }
        }
    }
    hits
}

fn private(span: Range<usize>) -> Hit {
    hit(
        "private-key-in-tree",
        span,
        Severity::High,
        "a private key lies in the tree: whoever reads it, now or in the history, can act for its owner",
        "take it out, replace it, and keep the next one where only the process reads it",
    )
}

/// The first token in a line; one that anybody may have is none.
fn token(line: &str) -> Option<&str> {
    let is_in = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    line.split(|c| !is_in(c)).filter(|run| run.contains("eyJ")).find_map(token_in)
}

/// The first token among letters that may be of one; what stands before it may look like its beginning.
fn token_in(run: &str) -> Option<&str> {
    let mut start = 0_usize;
    run.split('.').find_map(|header| {
        let at = start.saturating_add(header.find("eyJ").unwrap_or(header.len()));
        start = start.saturating_add(header.len()).saturating_add(1);
        let token = run.get(at..).filter(|rest| rest.starts_with("eyJ"))?;
        let mut parts = token.splitn(4, '.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let claims = BASE64.decode(payload).ok()?;
        let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
        let is_public = claims.get("role").and_then(serde_json::Value::as_str) == Some("anon");
        // Two dots are among them.
        let length = [header, payload, signature]
            .iter()
            .map(|part| part.len())
            .sum::<usize>()
            .saturating_add(2);
        (claims.is_object() && !is_public && signature.len() >= 20).then(|| token.get(..length))?
    })
}
