//! `audit live`: a running service, asked with forged tokens, between requests with a good one.
//!
//! ```text
//! controls ──▶ oracle ──▶ probes, each between two controls ──▶ habits ──▶ sessions, which it ends
//! good, none,   what an     a forged token, and what it would     headers,
//! garbage       answer is   be to accept it                       refusals
//! ```
//!
//! **Invariant:** a verdict stands only where the valid token was accepted before and after, and where it came
//! twice: a server that answers at random gets none.
//! **Invariant:** nothing is asked but the addresses in the options and those beside them; no redirect is
//! followed; requests are counted, paced and bounded.
//! **Invariant:** no token stands in a finding or a note.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::Value;

use crate::code::Audit;
use crate::finding::Mistake;
use crate::jwks::{JwksSource, audit_jwks};
use crate::token::{Members, audit_token};
use forge::{Strangers, Workshop};
use habits::{answers, carriage, sessions};
pub use http::{Address, AddressError, TrustError};
use keys::Key;
pub use keys::KeyError;
use listener::Listener;
use look::Look;
pub use options::{Carrier, LiveOptions, LogIn, Refresh};
use oracle::Oracle;
use parts::Parts;
use run::{Run, Stop};
pub use shown::shown_url;

mod der;
mod forge;
mod habits;
mod http;
mod keys;
mod learn;
mod listener;
mod look;
mod options;
mod oracle;
mod parts;
mod probe;
mod public;
pub(crate) mod rules;
mod run;
mod shown;
#[cfg(test)]
mod tests;

/// A token that ends sooner is renewed before the next probe, where that can be done.
const SOON: u64 = 15;

/// The mistakes that forged tokens show, and nothing else.
const ACTIVE: [u8; 5] = [2, 3, 4, 5, 10];

/// Nothing could be looked at, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The text is no compact JWS of JSON.
    #[error("the valid token is no JWT of three parts with JSON in it")]
    NoToken,
    /// A token would go out in the clear.
    #[error("plain HTTP beyond this machine: the token would be there for all on the way to read")]
    InTheClear,
    /// The valid token cannot be told from others.
    #[error("{0}")]
    Blind(String),
    /// Whom to trust is not clear.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The signing key does not sign.
    #[error("the signing key: {0}")]
    Key(#[from] KeyError),
    /// The address for keys of ours is taken, or not of this machine.
    #[error("the listener at {0} cannot be opened")]
    Listener(SocketAddr, #[source] std::io::Error),
}

/// Asks the service, and says what is wrong with it; `now` in seconds since 1970, `progress` gets the number of
/// probes that are done, and of all.
///
/// # Examples
///
/// ```no_run
/// use tokenward_audit::{Address, LiveOptions, audit_live};
///
/// # async fn ask(token: String) -> Result<(), Box<dyn std::error::Error>> {
/// let options = LiveOptions::new(Address::parse("https://api.example.com/me")?, token);
/// let audit = audit_live(&options, &|| 1_800_000_000, &mut |_, _| {}).await?;
/// for finding in &audit.findings {
///     assert!(finding.rule.starts_with("live-"), "{}", finding.message);
/// }
/// # Ok(())
/// # }
/// ```
pub async fn audit_live(
    options: &LiveOptions,
    now: &(dyn Fn() -> u64 + Sync),
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<Audit, LiveError> {
    let parts = Parts::read(&options.token).ok_or(LiveError::NoToken)?;
    let key =
        options.signing_key.as_deref().map(|bytes| Key::read(parts.alg(), bytes)).transpose()?;
    let extra_ca = options.extra_ca.as_deref();
    let wire = http::Wire::new(extra_ca, options.pace())?;
    let mut run = Run::new(options, wire, now);
    let strangers = Strangers::generate();
    let listener = listen(options, &strangers, parts.kid().unwrap_or_default()).await?;
    let oracle = match learn::learn(&mut run).await? {
        Ok(oracle) => Some(oracle),
        Err(why) => {
            run.note(options.address.shown(), why);
            None
        }
    };
    passive(&mut run).await;
    if oracle.as_ref().is_some_and(|oracle| oracle.takes_anything) {
        run.note("forged tokens, and sessions", "not tried: any text passes for a token");
    } else if let Some(oracle) = &oracle {
        let mut workshop = workshop(&mut run, &parts, &strangers, listener.as_ref()).await;
        if let Some(key) = &key
            && is_issuers(&mut run, oracle, key).await
        {
            workshop.key = Some(key);
        }
        if let Err(Stop(why)) = active(&mut run, oracle, &workshop, progress).await {
            run.note("the rest of the probes", why);
            run.audit.unseen.extend(ACTIVE.into_iter().filter_map(Mistake::new));
        }
        visited(&mut run, listener.as_ref());
        let place = run.place();
        let refusals = run.refusals.findings(&place);
        run.audit.findings.extend(refusals);
    }
    run.conclude();
    if oracle.as_ref().is_none_or(|oracle| oracle.takes_anything) {
        run.audit.unseen.extend(ACTIVE.into_iter().filter_map(Mistake::new));
    }
    unasked(&mut run, listener.is_some());
    run.audit.requests = run.wire.sent;
    Ok(run.audit)
}

/// What the token and an ordinary answer tell.
async fn passive(run: &mut Run<'_>) {
    let found = audit_token(&run.token, (run.now)()).map(|found| found.findings);
    run.audit.findings.extend(found.unwrap_or_default());
    let token = run.token.clone();
    match run.with(Some(&token)).await {
        Ok(answer) => {
            let options = run.options;
            let found = answers::judge(&options.address, &options.carrier, &answer);
            run.audit.findings.extend(found);
        }
        Err(error) => run.note("the headers of answers", error.to_string()),
    }
    if let Err(error) = carriage::cors(run).await {
        run.note("other origins", error.to_string());
    }
    let options = run.options;
    if !options.address.is_tls() && !options.address.is_local() {
        let finding =
            rules::PLAIN.finding(&run.place(), "the service takes tokens over plain HTTP");
        run.audit.findings.push(finding);
    }
    let by_default = (options.address.is_tls() && !options.address.is_local())
        .then(|| Address::parse(&format!("http://{}/", bracketed(options.address.host()))).ok())
        .flatten();
    if let Some(plain) = options.plain.as_ref().or(by_default.as_ref()) {
        carriage::plain(run, plain).await;
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Everything that forged tokens are made from, with the public keys for those that need them.
async fn workshop<'a>(
    run: &mut Run<'a>,
    parts: &Parts,
    strangers: &'a Strangers,
    listener: Option<&Listener>,
) -> Workshop<'a> {
    let public = public_keys(run, parts).await;
    if public.is_empty() && !parts.alg().starts_with("HS") {
        run.note(
            "algorithm confusion",
            "no public key of this token was found; --jwks names the key set",
        );
    }
    let options = run.options;
    let url = listener.map(|listener| {
        let place = match &options.listener_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.address),
        };
        format!("{place}/{}", listener.name)
    });
    Workshop { options, public, strangers, listener: url, key: None }
}

/// The keys that could verify the token, and what is wrong with their set.
async fn public_keys(run: &mut Run<'_>, parts: &Parts) -> Vec<Members> {
    let options = run.options;
    let beside = options.address.beside("/.well-known/jwks.json");
    let Some(address) = options.key_set.as_ref().or(beside.as_ref()) else { return Vec::new() };
    let is_named = options.key_set.is_some();
    let answer = match run.wire.send(address, http::Ask::new(::http::Method::GET)).await {
        Ok(answer) if answer.status == 200 => answer,
        other => {
            if is_named {
                let why = other
                    .map_or_else(|error| error.to_string(), |it| format!("status {}", it.status));
                run.note(address.shown(), why);
            }
            return Vec::new();
        }
    };
    let source = JwksSource {
        url: Some(address.shown()),
        cache_control: answer.header(&::http::header::CACHE_CONTROL).map(str::to_owned),
        redirect: None,
    };
    match audit_jwks(&address.shown(), &answer.body, &source) {
        Ok(found) => run.audit.findings.extend(found),
        Err(error) if is_named => run.note(address.shown(), error.to_string()),
        Err(_) => {}
    }
    public::candidates(&answer.body, parts.kid())
}

/// All that is sent to find out what is accepted, sessions last.
async fn active(
    run: &mut Run<'_>,
    oracle: &Oracle,
    workshop: &Workshop<'_>,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<(), Stop> {
    run.control(oracle).await?;
    let mut made_from = run.token.clone();
    let mut probes = workshop.probes(&made_from, (run.now)());
    let (mut done, mut is_again, mut unsigned) = (0_usize, false, false);
    while done < probes.len() {
        progress(done, probes.len());
        run.renew_before(SOON)?;
        // What is made from a token that has ended is refused for that alone.
        if run.token != made_from {
            made_from.clone_from(&run.token);
            probes = workshop.probes(&made_from, (run.now)());
        }
        let Some(probe) = probes.get(done) else { break };
        // Where signatures do not count, every forged one is taken, and says nothing of its own.
        if !(unsigned && matches!(probe.rule.mistake, 3 | 7)) {
            let is_accepted = run.probe(oracle, probe).await?;
            if is_accepted && probe.rule.id == rules::SIGNATURE.id && !unsigned {
                unsigned = true;
                run.note("algorithms and keys in headers", "not tried: signatures do not count");
            }
        }
        // The token ended while this was on its way: once more, with the next.
        is_again = run.token != made_from && !is_again;
        if !is_again {
            done = done.saturating_add(1);
        }
    }
    progress(done, done);
    let options = run.options;
    if let Some(refresh) = &options.refresh {
        sessions::refresh(run, refresh).await?;
    }
    if options.end.is_some() {
        sessions::ended(run, oracle).await?;
    } else if let Some(logout) = &options.logout {
        sessions::logout(run, oracle, logout).await?;
    }
    Ok(())
}

/// Whether the service accepts what `key` signs, where that should be accepted.
async fn is_issuers(run: &mut Run<'_>, oracle: &Oracle, key: &Key) -> bool {
    let token = Parts::read(&run.token).and_then(|parts| forge::fresh(&parts, key, (run.now)()));
    let why = match run.with(token.as_deref()).await {
        Ok(answer) if oracle.judge(&Look::of(&answer)) == oracle::Verdict::Accepted => return true,
        Ok(_) => "a token that it signed was refused; is it the key of this issuer?".to_owned(),
        Err(error) => error.to_string(),
    };
    run.note("--signing-key-file", why);
    false
}

/// Opens the listener: where it was asked for, and for a service on this machine in any case.
async fn listen(
    options: &LiveOptions,
    strangers: &Strangers,
    kid: &str,
) -> Result<Option<Listener>, LiveError> {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let by_default = options.address.is_local().then_some(here);
    let Some(address) = options.listener.or(by_default) else { return Ok(None) };
    let keys: Value = strangers.key_set(kid);
    let listener = Listener::start(address, keys.to_string(), strangers.certificates()).await;
    listener.map(Some).map_err(|error| LiveError::Listener(address, error))
}

fn visited(run: &mut Run<'_>, listener: Option<&Listener>) {
    let visits = listener.map(Listener::visits).unwrap_or_default();
    if visits.is_empty() {
        return;
    }
    let name = if visits.iter().any(|path| !path.contains("x5u.pem")) { "jku" } else { "x5u" };
    let message = format!(
        "the service fetched an address that a forged token named in `{name}` ({} times): whoever writes a token makes it ask where they want",
        visits.len()
    );
    let place = run.place();
    let mut finding = rules::ADDRESS.finding(&place, message);
    finding.severity = crate::Severity::High;
    run.audit.findings.push(finding);
}

/// Says what was left out for want of a token, a key or an address, and which option brings it.
fn unasked(run: &mut Run<'_>, listens: bool) {
    let options = run.options;
    let has_key = options.signing_key.is_some();
    if !has_key && options.expired.is_none() {
        run.audit.unseen.extend(Mistake::new(4));
    }
    if options.logout.is_none() && options.end.is_none() {
        run.audit.unseen.extend(Mistake::new(5));
    }
    for (what, how, is_there) in [
        (
            "tokens that have ended",
            "--expired-token-file, or --signing-key-file",
            has_key || options.expired.is_some(),
        ),
        (
            "tokens for another service",
            "--other-audience-token-file, or --signing-key-file",
            has_key || options.other_audience.is_some(),
        ),
        (
            "tokens of another kind",
            "--other-type-token-file, or --signing-key-file",
            has_key || options.other_type.is_some(),
        ),
        ("`jku` and `x5u`", "--listener", listens),
        ("`kid` in queries and commands", "--intrusive", options.is_intrusive),
        ("logout", "--logout-url", options.logout.is_some()),
        ("sessions that end in another way", "--end-with", options.end.is_some()),
        ("refresh tokens", "--refresh-url", options.refresh.is_some()),
    ] {
        if !is_there {
            run.audit.notes.push(crate::Note::new(what, format!("needs {how}")));
        }
    }
}
