//! From what was seen to the ten verdicts.

use std::collections::BTreeMap;
use std::time::Duration;

use tokenward::{KeySet, UnixTime};
use tokenward_keys::KeyInfo;
use tokenward_server::admin::api::AudiencePosture;

use super::public::{AudienceOutside, Outside};
use super::seen::Seen;
use super::verdict::Verdict;
use crate::commands::date;

const DAY: u64 = 86_400;
/// What `audience.session_lifetime` is by default; longer takes a key at each refresh. Which sessions take a passkey
/// is for each login to say, so the audience's settings do not show it.
const LONG_SESSION: u64 = DAY;
/// Half a year of one key is what most who rotate by hand come to.
const RARELY: u64 = 180 * DAY;
/// Renewal by ACME happens a month ahead; at a week somebody must act.
const SOON: Duration = Duration::from_secs(7 * DAY);
/// A view of revocations that may be older is no second.
const LATE: u64 = 60;
const REACH: &str = "run doctor where the issuer's address leads to the authority, or name it with --url and --ca-file";
const HERE: &str = "run doctor on the authority's machine, with --data";

/// All ten, in their order.
pub(super) fn all(seen: &Seen) -> Vec<Verdict> {
    vec![
        within_reach_of_scripts(seen),
        unverified(seen),
        algorithms(seen),
        lifetimes(seen),
        revocation(seen),
        payload(seen),
        secrets(seen),
        rotation(seen),
        transport(seen),
        refusals(seen),
    ]
}

fn within_reach_of_scripts(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(1, "tokens where scripts can read them");
    let Some(outside) = heard(seen, &mut verdict) else { return verdict };
    for (posture, audience) in audiences(seen, outside) {
        let name = &audience.name;
        if posture.origins.is_empty() {
            verdict.good(format!("{name}: has no cookies"));
        } else if audience.cookies.is_empty() {
            verdict.unseen(
                format!("{name}: a log-out set no cookie, so their flags are not known"),
                format!("look at audience.origins of {name}"),
            );
        } else if let Some(cookie) = audience.cookies.iter().find(|cookie| !is_closed(cookie)) {
            verdict.bad(
                format!("{name}: a cookie that others can reach: {cookie}"),
                "is something between here and the authority rewriting Set-Cookie?",
            );
        } else if let Some(cookie) = audience.cookies.iter().find(|cookie| !is_strict(cookie)) {
            verdict.weak(
                format!("{name}: a cookie that goes along with requests of other sites: {cookie}"),
                format!(
                    "take same_site away from {name}, if no other site must link into a session"
                ),
            );
        } else {
            verdict.good(format!(
                "{name}: its cookies are __Host-, HttpOnly, Secure and SameSite=Strict"
            ));
        }
        let strict = |policy: &String| !policy.contains("unsafe-inline");
        if !audience.policy.as_ref().is_some_and(strict) || !audience.nosniff {
            verdict.bad(
                format!("{name}: answers without a content security policy, or with a loose one"),
                "is something between here and the authority taking headers away?",
            );
        }
    }
    verdict
}

fn unverified(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(2, "unverified signatures");
    forged(seen, &mut verdict);
    verdict
}

fn algorithms(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(3, "`none` and weak algorithms");
    for key in seen.keys.iter().filter(|key| key.alg.starts_with("HS") && is_trusted(key)) {
        verdict.weak(
            format!(
                "{}: a shared secret from before still counts ({}){}",
                key.audience,
                key.kid,
                until(key)
            ),
            format!(
                "tokenward keys compromise {} --audience {}, once nobody needs it",
                key.kid, key.audience
            ),
        );
    }
    if let Some(outside) = &seen.outside {
        for (_, audience) in audiences(seen, outside) {
            match audience.keys.as_ref().map(KeySet::keys) {
                Ok([]) => verdict.bad(
                    format!("{}: the published key set is empty", audience.name),
                    "tokenward keys list: is there an active key?",
                ),
                Ok(keys) => {
                    let names: Vec<_> = keys.iter().map(|key| key.algorithm().as_str()).collect();
                    verdict.good(format!("{}: publishes {}", audience.name, names.join(", ")));
                }
                Err(error) => verdict.bad(
                    format!("{}: its key set cannot be used: {error}", audience.name),
                    "tokenward keys jwks shows what the authority publishes",
                ),
            }
        }
    }
    forged(seen, &mut verdict);
    verdict
}

/// What the forged tokens that belong to this mistake got.
fn forged(seen: &Seen, verdict: &mut Verdict) {
    let Some(outside) = heard(seen, verdict) else { return };
    for (_, audience) in audiences(seen, outside) {
        let mine = || audience.forged.iter().filter(|(one, _)| one.mistake == verdict.mistake);
        let count = mine().count();
        let taken: Vec<_> = mine().filter(|(_, status)| *status < 400).collect();
        let odd = mine().find(|(_, status)| !matches!(status, 200..=299 | 401));
        if let Some((forged, _)) = taken.first() {
            let says = format!("{}: a token that {} was accepted", audience.name, forged.what);
            verdict.bad(says, "stop this deployment: it verifies nothing, or is not tokenward");
        } else if let Some((_, status)) = odd {
            let says = format!("{}: a forged token was answered with {status}", audience.name);
            verdict.unseen(says, "tokenward check; the log says why");
        } else if count == 0 {
            let says = format!("{}: no published key to forge tokens for", audience.name);
            verdict.unseen(says, "tokenward keys list");
        } else {
            verdict.good(format!("{}: {count} forged tokens were refused", audience.name));
        }
    }
}

fn lifetimes(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(4, "no expiry");
    for audience in &seen.posture.audiences {
        let AudiencePosture { name, access_lifetime, refresh_lifetime, session_lifetime, .. } =
            audience;
        let lives = format!("{name}: a session lives for {}", span(*session_lifetime));
        if *session_lifetime > LONG_SESSION && audience.dpop == "required" {
            verdict.good(format!("{lives}, and goes on by the key of its client alone"));
        } else if *session_lifetime > LONG_SESSION {
            let who = if audience.dpop == "off" { "nobody's" } else { "not everybody's" };
            verdict.weak(
                format!("{lives}, and {who} tokens are bound to a key"),
                format!(
                    "set audience.dpop of {name} to \"required\", or its session_lifetime to 24h"
                ),
            );
        } else {
            verdict.good(format!(
                "{name}: an access token lives for {}, a refresh token for {}, a session for {}",
                span(*access_lifetime),
                span(*refresh_lifetime),
                span(*session_lifetime)
            ));
        }
    }
    let apart = seen.now.abs_diff(seen.status.now);
    if apart > seen.posture.clock_error.max(1) {
        verdict.weak(
            format!("the authority's clock and this machine's are {apart} s apart"),
            "let NTP set both; `timedatectl` shows whether it does",
        );
    }
    if seen.admin_tokens.is_none() {
        verdict.unseen("administrators' tokens are shown at the admin socket alone", HERE);
    }
    for token in seen.admin_tokens.iter().flatten() {
        // The one exception is the token of `dev.json`, which the documentation tells of.
        if token.ends_at.saturating_sub(token.created_at) > 90 * DAY && !seen.status.dev {
            verdict.bad(
                format!("the administrator's token {} has no end", token.label),
                format!("tokenward admin-tokens remove {}", token.label),
            );
        }
    }
    verdict
}

fn revocation(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(5, "no revocation");
    for problem in &seen.status.problems {
        verdict.bad(problem.clone(), "tokenward check; the log says more");
    }
    for warning in &seen.status.warnings {
        verdict.weak(warning.clone(), "tokenward check");
    }
    if seen.posture.accepts_when_stale {
        verdict.weak(
            "verifiers go on with an old view of the revocations",
            "set revocation.when_stale = \"refuse\"",
        );
    }
    if seen.posture.max_staleness > LATE {
        verdict.weak(
            format!("a view may be {} old before it is stale", span(seen.posture.max_staleness)),
            "set revocation.max_staleness to 10s",
        );
    }
    if verdict.lines.is_empty() {
        let live: usize = seen.status.audiences.iter().map(|one| one.live_revocations).sum();
        verdict.good(format!(
            "the feed goes out, {live} revocations are live, and a view older than {} decides nothing",
            span(seen.posture.max_staleness)
        ));
    }
    verdict
}

fn payload(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(6, "secrets in the payload");
    for AudiencePosture { name, claims, guard_admits, .. } in &seen.posture.audiences {
        if guard_admits.is_empty() {
            let claims =
                if claims.is_empty() { "no private claims".to_owned() } else { claims.join(", ") };
            verdict.good(format!("{name}: tokens hold {claims}, and the guard looks at each"));
        } else {
            verdict.weak(
                format!("{name}: the guard lets these through: {}", guard_admits.join(", ")),
                format!("keep them beside the session (`private`) and empty audience.guard_admits of {name}"),
            );
        }
    }
    verdict
}

fn secrets(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(7, "one secret everywhere");
    let mut of_key: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for audience in seen.outside.iter().flat_map(|outside| &outside.audiences) {
        for key in audience.keys.as_ref().map_or(&[][..], KeySet::keys) {
            of_key.entry(key.thumbprint()).or_default().push(&audience.name);
        }
    }
    for sharing in of_key.values().filter(|sharing| sharing.len() > 1) {
        verdict.bad(
            format!("one key verifies tokens of {}", sharing.join(" and ")),
            "give each audience keys of its own: tokenward keys rotate",
        );
    }
    services(seen, &mut verdict);
    if let Some(files) = &seen.files {
        for exposed in &files.exposed {
            let (path, mode) = (exposed.path.display(), exposed.mode);
            verdict.bad(
                format!("{path} is open to others (mode {mode:04o})"),
                format!("chmod o= {path}"),
            );
        }
        if files.exposed.is_empty() {
            verdict.good(format!("{} files with secrets, and none is open to others", files.count));
        }
    }
    if seen.files.is_none() {
        verdict.unseen("the files of the data folder are on another machine", HERE);
    }
    let mut custodies: Vec<&str> = seen
        .keys
        .iter()
        .filter(|key| key.state == "active")
        .map(|key| key.custody.as_str())
        .collect();
    custodies.dedup();
    verdict.good(format!("private keys: each audience's own, in custody {}", custodies.join(", ")));
    verdict
}

/// Whether services hold more than they need.
fn services(seen: &Seen, verdict: &mut Verdict) {
    let audiences = seen.posture.audiences.len();
    for service in &seen.services {
        let name = &service.name;
        let everywhere = audiences > 2 && service.audiences.len() >= audiences;
        let mints = service.may.iter().any(|may| may == "sessions:write");
        if mints && everywhere {
            verdict.weak(
                format!("{name} may begin sessions of all {audiences} audiences: whoever has its secret is everybody, everywhere"),
                "give each login back end a service of its own, with the audiences that it needs",
            );
        }
        if service.scopes.iter().any(|scope| scope == "*") && !seen.status.dev {
            verdict.weak(
                format!("{name} may ask for any scope"),
                format!("name the scopes that {name} needs"),
            );
        }
    }
}

fn rotation(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(8, "static keys");
    let every = seen.posture.rotate_every;
    if every > RARELY {
        verdict.weak(
            format!("a new key takes over every {}", span(every)),
            "set keys.rotate_every to 30d",
        );
    }
    for audience in seen.outside.iter().flat_map(|outside| &outside.audiences) {
        let cache = audience.cache.as_deref().unwrap_or_default();
        if audience.keys.is_ok() && !cache.contains("max-age=") {
            verdict.weak(
                format!("{}: its key set does not say how long it may be kept", audience.name),
                "is something between here and the authority taking Cache-Control away?",
            );
        }
    }
    for audience in &seen.posture.audiences {
        let of = |state: &str| {
            let mine = |key: &&KeyInfo| key.audience == audience.name && key.state == state;
            seen.keys.iter().find(mine)
        };
        let Some(active) = of("active") else {
            verdict.bad(
                format!("{}: no key signs", audience.name),
                format!("tokenward keys rotate --wait --audience {}", audience.name),
            );
            continue;
        };
        let since = active.activates_at.unwrap_or(active.created_at);
        let age = seen.status.now.saturating_sub(since);
        if age > every.saturating_add(DAY) {
            verdict.bad(
                format!(
                    "{}: its key has signed for {}, and was due after {}",
                    audience.name,
                    span(age),
                    span(every)
                ),
                format!(
                    "tokenward keys rotate --dry-run --audience {} says what is in the way",
                    audience.name
                ),
            );
        } else if of("standby").is_none() {
            verdict.weak(
                format!("{}: no next key is ready", audience.name),
                "the next look of the key ring makes one; tokenward check says what is in the way",
            );
        } else {
            verdict.good(format!(
                "{}: its key signs since {} ago, the next one is ready, and takes over every {}",
                audience.name,
                span(age),
                span(every)
            ));
        }
    }
    verdict
}

fn transport(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(9, "plain HTTP");
    let Some(outside) = heard(seen, &mut verdict) else { return verdict };
    let now = UnixTime::from_secs(seen.now);
    match outside.certificate_until {
        None => verdict.unseen("the certificate cannot be read", REACH),
        Some(until) if until.since(now) < SOON => verdict.weak(
            format!("TLS is on; its certificate ends at {}", date(until)),
            "renew it; it is read again when the file changes",
        ),
        Some(until) => verdict.good(format!(
            "TLS is on, with a certificate that is trusted and ends at {}",
            date(until)
        )),
    }
    match (outside.hsts, seen.status.dev) {
        (true, _) => verdict.good("HSTS is sent"),
        // It would break the other servers on this host.
        (false, true) => verdict.good("HSTS is left out under --dev alone"),
        (false, false) => verdict.bad(
            "no answer has HSTS",
            "is something between here and the authority taking Strict-Transport-Security away?",
        ),
    }
    match seen.files.as_ref().and_then(|files| files.redirect.as_ref()) {
        None => {}
        Some(Ok(())) => verdict.good("plain HTTP is led on to https, and answered in no other way"),
        Some(Err(what)) => verdict.bad(
            format!("plain HTTP at listen.redirect: {what}"),
            "tokenward check; is listen.redirect another program's port?",
        ),
    }
    verdict
}

fn refusals(seen: &Seen) -> Verdict {
    let mut verdict = Verdict::new(10, "chatty errors");
    let Some(outside) = heard(seen, &mut verdict) else { return verdict };
    match outside.refusals.as_slice() {
        [] => verdict.unseen("no token was refused, so no refusal was seen", "tokenward keys list"),
        [_] => verdict.good("every refused token got the same answer, whatever was wrong with it"),
        [one, other, ..] => verdict.bad(
            format!("two refused tokens got different answers: `{one}` and `{other}`"),
            "is something between here and the authority answering in its place?",
        ),
    }
    if let Some(server) = &outside.server {
        verdict.weak(
            format!("answers say what serves them: {server}"),
            "have the proxy leave the Server header out",
        );
    }
    verdict
}

/// What the public listener said; if it said nothing, that is noted.
fn heard<'a>(seen: &'a Seen, verdict: &mut Verdict) -> Option<&'a Outside> {
    let outside = seen.outside.as_ref()?;
    if let Some(why) = &outside.unreachable {
        verdict.unseen(format!("the public listener cannot be asked: {why}"), REACH);
        return None;
    }
    Some(outside)
}

fn audiences<'a>(
    seen: &'a Seen,
    outside: &'a Outside,
) -> impl Iterator<Item = (&'a AudiencePosture, &'a AudienceOutside)> {
    seen.posture.audiences.iter().zip(&outside.audiences)
}

fn is_closed(cookie: &str) -> bool {
    let has = |word: &str| cookie.split("; ").any(|part| part == word);
    cookie.starts_with("__Host-") && has("HttpOnly") && has("Secure") && has("Path=/")
}

fn is_strict(cookie: &str) -> bool {
    cookie.split("; ").any(|part| part == "SameSite=Strict")
}

/// Whether tokens by this key still count.
fn is_trusted(key: &KeyInfo) -> bool {
    matches!(key.state.as_str(), "active" | "retiring" | "standby")
}

fn until(key: &KeyInfo) -> String {
    let end = key.withdraws_at.map(|end| date(UnixTime::from_secs(end)));
    end.map(|end| format!(", until {end}")).unwrap_or_default()
}

/// A duration for people: its two largest units, of which the second may be nothing.
fn span(seconds: u64) -> String {
    let units = [(DAY, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut said = Vec::new();
    for (size, unit) in units {
        let count = left.checked_div(size).unwrap_or_default();
        left = left.checked_rem(size).unwrap_or_default();
        if count > 0 && said.len() < 2 {
            said.push(format!("{count} {unit}"));
        }
    }
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
}
