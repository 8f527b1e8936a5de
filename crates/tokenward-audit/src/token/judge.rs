//! What is wrong with a token, by its header and claims.

use std::collections::BTreeSet;

use base64::Engine as _;
use serde_json::Value;

use super::{BASE64, Members, sensitive};
use crate::finding::{Finding, Severity};

const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
/// What browsers and servers take of a cookie or a header without trouble.
const MANY_BYTES: usize = 4096;
/// As far as clocks may differ.
const LEEWAY: f64 = 300.0;

struct Judge {
    findings: Vec<Finding>,
}

impl Judge {
    fn tell(
        &mut self,
        (rule, mistake): (&'static str, u8),
        severity: Severity,
        message: impl Into<String>,
        fix: &str,
    ) {
        self.findings.push(Finding::about("token", (rule, mistake), severity, message, fix));
    }
}

pub(super) fn judge(
    token: &str,
    header: &Members,
    claims: Option<&Members>,
    now: u64,
) -> Vec<Finding> {
    let mut judge = Judge { findings: Vec::new() };
    let is_unsigned = claims.is_some() && token.ends_with('.');
    of_header(&mut judge, header, is_unsigned);
    if claims.is_some() && !is_unsigned {
        of_signature(&mut judge, token, header.text("alg").unwrap_or_default());
    }
    if let Some(claims) = claims {
        let now = u32::try_from(now).map_or_else(|_| f64::from(u32::MAX), f64::from);
        times(&mut judge, header, claims, now);
        names(&mut judge, claims);
    }
    for (name, severity, what) in sensitive::find(header, claims) {
        judge.tell(
            ("token-sensitive-data", 6),
            severity,
            format!("{name}: {what}, and whoever sees the token can read it"),
            "keep it beside the session on the server, or encrypt the token (JWE)",
        );
    }
    for part in [Some(header), claims].into_iter().flatten() {
        if let Some(names) = listed(&part.doubled()) {
            judge.tell(
                ("token-doubled-member", 2),
                Severity::High,
                format!(
                    "there more than once: {names}; one program reads the first, another the last"
                ),
                "refuse such tokens (RFC 7519, section 4); whoever made it wrote JSON by hand",
            );
        }
    }
    if token.len() > MANY_BYTES {
        judge.tell(
            ("token-large", 6),
            Severity::Low,
            format!("{} bytes: more than a cookie holds, and many a header", token.len()),
            "put the subject and what decides into the token; look the rest up",
        );
    }
    judge.findings
}

/// As many names as one finding shows.
const MAX_NAMES: usize = 5;
/// More of a name is no name.
const MAX_NAME: usize = 40;

/// Names as a finding shows them: the first few, and how many more.
pub(crate) fn listed(names: &BTreeSet<&str>) -> Option<String> {
    let shown = names.iter().take(MAX_NAMES).map(|name| {
        let cut: String = name.chars().take(MAX_NAME).collect();
        let end = if cut.len() < name.len() { "…" } else { "" };
        format!("`{cut}{end}`")
    });
    let shown: Vec<String> = shown.collect();
    match names.len().saturating_sub(shown.len()) {
        0 if shown.is_empty() => None,
        0 => Some(shown.join(", ")),
        more => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

fn of_header(judge: &mut Judge, header: &Members, is_unsigned: bool) {
    let algorithm = header.text("alg").unwrap_or_default();
    if algorithm.eq_ignore_ascii_case("none") || algorithm.is_empty() || is_unsigned {
        judge.tell(
            ("token-unsigned", 3),
            Severity::Critical,
            "the token is not signed: anybody can write one for anybody",
            "sign with ES256, EdDSA or RS256, and refuse what is not",
        );
    } else if algorithm.starts_with("HS") {
        judge.tell(
            ("token-shared-secret", 7),
            Severity::Low,
            format!("{algorithm}: whoever verifies such tokens can also make them"),
            "sign with ES256, EdDSA or RS256 where another service verifies",
        );
    } else if algorithm == "RSA1_5" {
        judge.tell(
            ("token-weak-encryption", 3),
            Severity::High,
            "RSA1_5: its padding can be asked open (RFC 8725, section 3.2)",
            "RSA-OAEP-256, or ECDH-ES",
        );
    }
    for name in ["jku", "x5u", "jwk", "x5c"] {
        if header.get(name).is_some() {
            judge.tell(
                ("token-brings-key", 3),
                Severity::Medium,
                format!("`{name}` in the header says which key to use: a verifier that follows it believes anybody"),
                "leave it out, name the key by `kid`, and look that up among your own",
            );
        }
    }
    if header.get("kid").is_none() && !is_unsigned {
        judge.tell(
            ("token-without-key-id", 8),
            Severity::Low,
            "the token does not name its key: the key cannot be changed without refusing every token at once",
            "put `kid` into the header",
        );
    }
    match header.text("typ") {
        None => judge.tell(
            ("token-without-type", 2),
            Severity::Low,
            "the header does not say what kind of token this is, so that one kind can pass for another",
            "`typ`: `at+jwt` for access tokens (RFC 9068); verifiers ask for it",
        ),
        Some(typ) if typ.eq_ignore_ascii_case("jwt") => judge.tell(
            ("token-without-type", 2),
            Severity::Info,
            "`typ` says no more than that this is a token",
            "`at+jwt` for access tokens (RFC 9068)",
        ),
        Some(_) => {}
    }
}

/// Whether the signature is one of its algorithm, by its length.
fn of_signature(judge: &mut Judge, token: &str, algorithm: &str) {
    let signature = token.rsplit_once('.').map(|(_, signature)| signature).unwrap_or_default();
    let Ok(signature) = BASE64.decode(signature) else { return };
    let bytes = signature.len();
    let wanted: &[usize] = match algorithm {
        "HS256" => &[32],
        "HS384" => &[48],
        "HS512" | "ES256" | "ES256K" => &[64],
        "ES384" => &[96],
        "ES512" => &[132],
        "EdDSA" => &[64, 114],
        // As long as the key.
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" if bytes < 256 => {
            judge.tell(
                ("token-short-key", 7),
                Severity::Medium,
                format!("the RSA signature has {bytes} bytes: its key is shorter than 2048 bits"),
                "a key of 2048 bits at least, or ES256",
            );
            return;
        }
        _ => return,
    };
    if let (false, Some(wanted)) = (wanted.contains(&bytes), wanted.first()) {
        judge.tell(
            ("token-odd-signature", 2),
            Severity::Medium,
            format!("the signature has {bytes} bytes, and those of {algorithm} have {wanted}: no verifier may take it"),
            "see that verifiers refuse it: the token was changed after it was signed, or cut",
        );
    }
}

fn times(judge: &mut Judge, header: &Members, claims: &Members, now: f64) {
    let number = |name| claims.get(name).and_then(Value::as_f64);
    for name in ["exp", "iat", "nbf"] {
        if claims.get(name).is_some_and(|value| !value.is_number()) {
            judge.tell(
                ("token-odd-time", 4),
                Severity::Medium,
                format!("`{name}` is no number: some verifiers take that for no limit"),
                "seconds since 1970, as a number (RFC 7519, section 2)",
            );
        }
        let Some(time) = number(name) else { continue };
        // Seconds of the year 5000 are milliseconds of this one.
        if time > 95_617_584_000.0 {
            judge.tell(
                ("token-odd-time", 4),
                Severity::High,
                format!("`{name}` is in milliseconds: read as seconds, that is thousands of years from now"),
                "seconds since 1970 (RFC 7519, section 2)",
            );
        } else if name != "exp" && time > now + LEEWAY {
            judge.tell(
                ("token-odd-time", 4),
                Severity::Low,
                format!("`{name}` is in the future: a clock is wrong, or the token was made ahead"),
                "",
            );
        }
    }
    let Some(end) = number("exp") else {
        if claims.get("exp").is_none() {
            judge.tell(
                ("token-without-end", 4),
                Severity::High,
                "the token never ends: it has no `exp`",
                "5 to 15 minutes for access tokens",
            );
        }
        return;
    };
    let start = number("iat").or_else(|| number("nbf")).unwrap_or(now);
    lifetime(judge, header, claims, end - start);
}

fn lifetime(judge: &mut Judge, header: &Members, claims: &Members, seconds: f64) {
    let kind = ["token_type", "token_use", "typ", "type", "use"]
        .iter()
        .find_map(|name| claims.text(name))
        .or_else(|| header.text("typ"))
        .unwrap_or_default()
        .to_lowercase();
    let is_refresh = kind.contains("refresh");
    let (limit, advice) = if is_refresh {
        (30.0 * DAY, "at most 30 days, renewed at every use")
    } else {
        (HOUR, "5 to 15 minutes, and a refresh token that is used once")
    };
    // Milliseconds have been told of.
    if seconds <= limit || seconds > 1e11 {
        return;
    }
    let severity = if seconds > DAY && !is_refresh { Severity::High } else { Severity::Medium };
    let spoken = if seconds >= 2.0 * DAY {
        format!("{:.0} days", seconds / DAY)
    } else {
        format!("{:.0} hours", seconds / HOUR)
    };
    judge.tell(
        ("token-long-lifetime", 4),
        severity,
        format!("the token lives for {spoken}: a stolen one works that long"),
        advice,
    );
}

fn names(judge: &mut Judge, claims: &Members) {
    let ids = ["jti", "sid", "uti", "session_state", "ver", "token_version"];
    if ids.iter().all(|name| claims.get(name).is_none()) {
        judge.tell(
            ("token-without-id", 5),
            Severity::Low,
            "neither the token nor its session has an id (`jti`, `sid`): it cannot be revoked by itself",
            "give tokens a `jti` and a `sid`",
        );
    }
    for (name, severity, why) in [
        ("iss", Severity::Low, "who made it: another issuer's token cannot be told apart"),
        ("aud", Severity::Medium, "whom it is for: a token for one service is good at every other"),
        ("sub", Severity::Info, "whom it is about"),
    ] {
        if claims.get(name).is_none() {
            judge.tell(
                ("token-without-claim", 2),
                severity,
                format!("`{name}` is missing: the token does not say {why}"),
                "set it, and have verifiers demand it (RFC 8725, sections 3.8 to 3.10)",
            );
        }
    }
}
