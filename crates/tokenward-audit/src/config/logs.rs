//! `credentials-in-log`: what servers and proxies are told to write down of each request.

use super::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;

/// What a log line holds that lets its reader act for others.
const CREDENTIALS: [&str; 15] = [
    "$http_authorization",
    "$http_cookie",
    "$arg_token",
    "$arg_access_token",
    "$arg_jwt",
    "$arg_id_token",
    "$cookie_token",
    "$cookie_access_token",
    "%req(authorization)%",
    "%req(cookie)%",
    "capture request header authorization",
    "capture request header cookie",
    "%{authorization}i",
    "%{cookie}i",
    "%{set-cookie}o",
];

/// Formats of access logs, of nginx, Envoy, `HAProxy` and Apache, and the switches of Traefik and Caddy.
pub(super) fn hits(text: &str, settings: &[read::Setting<'_>]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut is_format = false;
    let masks = masks(text);
    for (start, line) in read::lines(text) {
        let lower = line.to_lowercase();
        let begins = lower.trim_start();
        if begins.starts_with('#') {
            continue;
        }
        is_format |= begins.starts_with("log_format");
        let is_apache = begins.starts_with("logformat") || begins.starts_with("customlog");
        let is_log =
            is_format || is_apache || begins.contains("%req(") || begins.starts_with("capture ");
        let is_told = is_log && CREDENTIALS.iter().any(|word| names(begins, word));
        if is_told || is_caddy(begins) || !masks && is_traefik(&bare(begins)) {
            hits.push(found(start, line));
        }
        is_format &= !lower.contains(';');
    }
    for setting in settings {
        let path = bare(&setting.path.to_lowercase());
        let keeps = path.ends_with("accesslog.fields.headers.defaultmode")
            || path.ends_with("accesslog.fields.headers.names.authorization");
        let is_there = hits.iter().any(|one| one.span.start == setting.span.start);
        if keeps && setting.value == "keep" && !masks && !is_there {
            hits.push(Hit { span: setting.span.clone(), ..found(setting.span.start, "") });
        }
    }
    hits
}

fn found(start: usize, line: &str) -> Hit {
    hit(
        "credentials-in-log",
        start..start.saturating_add(line.len()),
        Severity::High,
        "tokens are written into the access log: whoever reads it can use them",
        "log who it was ($jwt_claim_sub, or what your gate says), and never the token",
    )
}

/// Whether a word stands in a line, and no longer one that begins with it.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line.get(at.saturating_add(word.len())..).unwrap_or_default();
        !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`')).collect()
}

/// Caddy leaves credentials out of its logs unless it is told so.
fn is_caddy(line: &str) -> bool {
    read::uncommented(line) == "log_credentials"
        || bare(line).starts_with("should_log_credentials:true")
}

/// `--accesslog.fields.headers.defaultmode=keep`
fn is_traefik(line: &str) -> bool {
    ["defaultmode=keep", "names.authorization=keep"]
        .iter()
        .any(|end| line.contains(&format!("--accesslog.fields.headers.{end}")))
}

/// Whether Traefik is told to leave this one header out, whatever it keeps else.
fn masks(text: &str) -> bool {
    text.lines().map(|line| bare(&line.to_lowercase())).any(|line| {
        ["authorization:", "authorization="].iter().any(|name| {
            line.split_once(name)
                .is_some_and(|(_, mode)| mode.starts_with("drop") || mode.starts_with("redact"))
        })
    })
}
