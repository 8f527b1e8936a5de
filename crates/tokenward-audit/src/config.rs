//! What lies beside the code: settings, keys, tokens.
//!
//! Files of settings have no syntax in common; [`read`] takes from each line the key with those around it, and
//! the value. What is looked for is telling by itself.

use std::ops::Range;
use std::path::Path;

use crate::finding::{Confidence, Severity};
use crate::rules::development::is_of_a_set;
use crate::rules::{Condition, Hit};

mod cleartext;
mod comments;
mod logs;
mod proxies;
mod read;
mod secrets;
mod shared;
#[cfg(test)]
mod tests;

pub(crate) use comments::comments;

/// The rules, with their mistakes: those of [`crate::rules::RULES`] are for code.
pub(crate) const RULES: [(&str, u8); 12] = [
    ("token-optional-at-proxy", 2),
    ("algorithm-from-token-at-proxy", 3),
    ("expired-token-at-proxy", 4),
    ("private-key-in-tree", 7),
    ("secret-in-config", 7),
    ("secret-shared", 7),
    ("token-in-tree", 9),
    ("credentials-in-log", 9),
    ("token-in-url-at-proxy", 9),
    ("plain-http-at-proxy", 9),
    ("plain-http-in-config", 9),
    ("errors-shown", 10),
];

const EXTENSIONS: [&str; 22] = [
    "caddyfile",
    "env",
    "yml",
    "yaml",
    "properties",
    "json",
    "toml",
    "ini",
    "conf",
    "cfg",
    "pem",
    "key",
    "p8",
    "jwk",
    "http",
    "rest",
    "sh",
    "xml",
    "tf",
    "tfvars",
    "config",
    "plist",
];

/// Whether a file may hold settings, a key or a token.
pub(crate) fn is_config(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_lock = name.ends_with(".lock.json")
        || name.ends_with("-lock.json")
        || ["package.json", "pnpm-lock.yaml"].contains(&name.as_str());
    let is_named = name.starts_with(".env")
        || [
            "dockerfile",
            "procfile",
            "id_rsa",
            "id_ecdsa",
            "id_ed25519",
            "haproxy.cfg",
            "caddyfile",
        ]
        .contains(&name.as_str());
    let is_named = is_named || name.starts_with("dockerfile.") || extension == "dockerfile";
    (is_named || EXTENSIONS.contains(&extension.as_str())) && !is_lock
}

/// Whether a file shows how settings are made, and is none itself.
pub(crate) fn is_example(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let parts: Vec<&str> = name.split(['.', '-', '_']).collect();
    let is_shown = |part: &&str| ["example", "sample", "template", "mock"].contains(part);
    // `app.yml.dist` and `settings.test.json` are none; `dist.yml` may be what is distributed.
    let is_set = |part: &&str| ["dist", "test"].contains(part);
    parts.iter().any(is_shown) || parts.iter().rev().take(2).any(is_set)
}

/// What a file says that settles a finding of another: as if it were a function of a file.
pub(crate) fn settles(text: &str) -> Option<(&'static str, &'static str)> {
    proxies::settles(text)
}

/// Why a file was not read to its end, if it was not.
pub(crate) fn cut(text: &str) -> Option<String> {
    read::is_cut(text)
        .then(|| format!("has more than {} settings; the first are looked at", read::MAX_SETTINGS))
}

/// What is wrong in a file, in order.
pub(crate) fn hits(path: &Path, text: &str) -> Vec<Hit> {
    let mut hits = secrets::keys_and_tokens(text);
    let sealed = secrets::sealed(text);
    let settings = read::settings(text);
    let signs_by_secret = secrets::signs_by_secret(&settings);
    for setting in &settings {
        if !secrets::is_sealed(setting, &sealed) {
            hits.extend(secrets::secret(path, setting, signs_by_secret));
        }
        hits.extend(shown(path, setting));
        hits.extend(cleartext::setting(path, setting));
    }
    hits.extend(proxies::hits(text, &settings));
    hits.extend(shared::secrets(path, &settings));
    hits.extend(cleartext::apps(path, text));
    hits.extend(logs::hits(text, &settings));
    hits.sort_by_key(|hit| hit.span.start);
    hits
}

fn hit(
    rule: &'static str,
    span: Range<usize>,
    severity: Severity,
    message: impl Into<String>,
    fix: &str,
) -> Hit {
    let mistake = RULES.iter().find(|(id, _)| *id == rule).map_or(1, |(_, mistake)| *mistake);
    Hit {
        rule,
        mistake,
        span,
        severity,
        confidence: Confidence::High,
        message: message.into(),
        fix: Some(fix.to_owned()),
        changes: Vec::new(),
        condition: Condition::default(),
        setting: None,
        in_development: false,
    }
}

/// Spring's and ASP.NET's settings that send errors to whoever asks.
fn shown(path: &Path, setting: &read::Setting<'_>) -> Option<Hit> {
    if is_of_a_set(path) {
        return None;
    }
    let is = |end: &str| setting.path.to_lowercase().replace('-', "").ends_with(end);
    let told = setting.value == "always"
        && (is("server.error.includestacktrace") || is("server.error.includemessage"))
        || setting.value == "true" && (is("server.error.includeexception") || is("detailederrors"))
        || is("display_errors") && matches!(setting.value.to_lowercase().as_str(), "on" | "1");
    told.then(|| {
        hit(
            "errors-shown",
            setting.span.clone(),
            Severity::Medium,
            "errors are sent to whoever asks, those of refused tokens too",
            "never, or off; log them",
        )
    })
}
