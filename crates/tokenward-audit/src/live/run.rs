//! Probes, each between two requests with the valid token: a verdict counts only where those were accepted.

use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE, RETRY_AFTER};

use super::habits::refusals::Refusals;
use super::http::{Address, Answer, Ask, NoAnswer, Wire};
use super::learn::GARBAGE;
use super::look::Look;
use super::options::{Carrier, LiveOptions};
use super::oracle::{Oracle, Verdict};
use super::parts::Parts;
use super::probe::{Probe, Sent};
use super::rules::{FAILED, Rule, SIGNATURE};
use crate::code::{Audit, Note};
use crate::token::bare;

/// More notes are one: that there are more.
const MAX_NOTES: usize = 25;
/// As many probes without an answer in a row are a server that is gone.
const MAX_SILENT: usize = 3;
/// As long as a server may ask for a rest.
const MAX_REST: Duration = Duration::from_secs(60);
/// As many of the accepted tokens as a finding tells of.
const SHOWN: usize = 5;
/// As often as the valid token is tried again before it counts as lost.
const TRIES: usize = 3;

/// No more probes: why, in one line.
pub(super) struct Stop(pub(super) String);

/// A live audit on its way.
pub(super) struct Run<'o> {
    pub(super) options: &'o LiveOptions,
    pub(super) wire: Wire,
    pub(super) token: String,
    pub(super) now: &'o (dyn Fn() -> u64 + Sync),
    pub(super) refusals: Refusals,
    accepted: Vec<(&'static Rule, String, u16)>,
    failed: Vec<(String, u16)>,
    pub(super) audit: Audit,
    silent: usize,
}

impl<'o> Run<'o> {
    pub(super) fn new(
        options: &'o LiveOptions,
        wire: Wire,
        now: &'o (dyn Fn() -> u64 + Sync),
    ) -> Self {
        Self {
            options,
            wire,
            token: bare(&options.token).to_owned(),
            now,
            refusals: Refusals::default(),
            accepted: Vec::new(),
            failed: Vec::new(),
            audit: Audit::default(),
            silent: 0,
        }
    }

    /// The address, as findings call it.
    pub(super) fn place(&self) -> String {
        self.options.address.shown()
    }

    pub(super) fn note(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let notes = &mut self.audit.notes;
        if notes.len() < MAX_NOTES {
            notes.push(Note::new(what, why));
        } else if notes.len() == MAX_NOTES {
            notes.push(Note::new(self.options.address.shown(), "more of the like"));
        }
    }

    /// A request with `token`, or none.
    pub(super) fn ask(&self, token: Option<&str>) -> Ask {
        let ask = Ask::new(self.options.method.clone());
        let Some(token) = token else { return ask };
        match &self.options.carrier {
            Carrier::Bearer => ask.with(AUTHORIZATION, &format!("Bearer {token}")),
            Carrier::Header(name) => ask.with(name.clone(), token),
            Carrier::Cookie(name) => ask.with(COOKIE, &format!("{name}={token}")),
        }
    }

    /// Asks the address with `token`, or none.
    pub(super) async fn with(&mut self, token: Option<&str>) -> Result<Answer, NoAnswer> {
        let ask = self.ask(token);
        self.wire.send(&self.options.address, ask).await
    }

    async fn send(&mut self, sent: &Sent) -> Result<Answer, NoAnswer> {
        match sent {
            Sent::Token(token) => self.with(Some(token)).await,
            Sent::Parameter(name, token) => {
                let with: Option<Address> = self.options.address.with_parameter(name, token);
                let to = with.as_ref().unwrap_or(&self.options.address);
                let ask = self.ask(None);
                self.wire.send(to, ask).await
            }
        }
    }

    /// Whether the valid token is accepted still, or again.
    pub(super) async fn control(&mut self, oracle: &Oracle) -> Result<(), Stop> {
        let mut last = String::new();
        for _ in 0..TRIES {
            let token = self.token.clone();
            match self.with(Some(&token)).await {
                Err(end) if end.is_final() => return Err(Stop(end.to_string())),
                Err(error) => last = error.to_string(),
                Ok(answer) => {
                    let look = Look::of(&answer);
                    if oracle.judge(&look) == Verdict::Accepted {
                        return Ok(());
                    }
                    last = format!("status {}", look.status);
                    if answer.status == 429 {
                        self.wire.rest(asked_rest(&answer));
                    } else {
                        self.renew()?;
                    }
                }
            }
        }
        let why = if self.has_ended() {
            "the valid token has ended; --login CMD brings the next one".to_owned()
        } else {
            format!("the valid token is accepted no longer ({last})")
        };
        Err(Stop(why))
    }

    fn has_ended(&self) -> bool {
        let end = Parts::read(&self.token).and_then(|parts| parts.claims.get("exp")?.as_u64());
        end.is_some_and(|end| end <= (self.now)())
    }

    /// A new token, where one can be had.
    fn renew(&mut self) -> Result<(), Stop> {
        if let Some(log_in) = &self.options.log_in {
            let token = log_in().map_err(|error| Stop(format!("--login: {error}")))?;
            bare(&token).clone_into(&mut self.token);
        }
        Ok(())
    }

    /// A new token before the one at hand ends within `seconds`.
    pub(super) fn renew_before(&mut self, seconds: u64) -> Result<(), Stop> {
        let end = Parts::read(&self.token).and_then(|parts| parts.claims.get("exp")?.as_u64());
        if end.is_some_and(|end| end <= (self.now)().saturating_add(seconds)) {
            self.renew()?;
        }
        Ok(())
    }

    /// Sends one probe, then the valid token; whether the probe was accepted.
    pub(super) async fn probe(&mut self, oracle: &Oracle, probe: &Probe) -> Result<bool, Stop> {
        let answer = match self.send(&probe.sent).await {
            Ok(answer) => answer,
            Err(end) if end.is_final() => return Err(Stop(end.to_string())),
            Err(error) => return self.unanswered(oracle, probe, &error).await,
        };
        self.silent = 0;
        self.control(oracle).await?;
        let look = Look::of(&answer);
        match oracle.judge(&look) {
            Verdict::Accepted => {
                if self.confirm(oracle, probe).await? {
                    self.accepted.push((probe.rule, probe.what.clone(), look.status));
                    return Ok(true);
                }
                self.note(
                    format!("a token {}", probe.what),
                    "accepted once, and then refused: no verdict",
                );
            }
            Verdict::Refused | Verdict::Failed => {
                // What came without a token in its place was refused for want of one.
                if let Sent::Token(_) = probe.sent {
                    self.refusals.note(probe, &answer, &self.token);
                    if look.status >= 500 {
                        self.failed.push((probe.what.clone(), look.status));
                    }
                }
            }
            Verdict::Unclear => {
                let why =
                    format!("status {}, like no answer that is known: no verdict", look.status);
                self.note(format!("a token {}", probe.what), why);
            }
        }
        Ok(false)
    }

    async fn unanswered(
        &mut self,
        oracle: &Oracle,
        probe: &Probe,
        error: &NoAnswer,
    ) -> Result<bool, Stop> {
        self.silent = self.silent.saturating_add(1);
        if self.silent >= MAX_SILENT {
            return Err(Stop(format!("no answer to {MAX_SILENT} probes in a row: {error}")));
        }
        // A server may close the connection on what is too large for it.
        if !probe.is_large {
            self.note(format!("a token {}", probe.what), error.to_string());
        }
        self.control(oracle).await?;
        Ok(false)
    }

    /// Whether it happens again, while a bad token is refused and the good one accepted.
    async fn confirm(&mut self, oracle: &Oracle, probe: &Probe) -> Result<bool, Stop> {
        let bad = if oracle.takes_anything { None } else { Some(GARBAGE) };
        let failed = |error: NoAnswer| Stop(error.to_string());
        let bad = self.with(bad).await.map_err(failed)?;
        if oracle.judge(&Look::of(&bad)) == Verdict::Accepted {
            return Ok(false);
        }
        let again = self.send(&probe.sent).await.map_err(failed)?;
        let is_accepted = oracle.judge(&Look::of(&again)) == Verdict::Accepted;
        self.control(oracle).await?;
        Ok(is_accepted)
    }

    /// Notes that a text which is no token was taken for one.
    pub(super) fn takes_anything(&mut self, status: u16) {
        self.accepted.push((&SIGNATURE, "that is none, but any text".to_owned(), status));
    }

    /// What was accepted, and what the server failed at, as findings: one a rule.
    pub(super) fn conclude(&mut self) {
        let place = self.place();
        let mut accepted = std::mem::take(&mut self.accepted);
        while let Some((rule, ..)) = accepted.first() {
            let rule = *rule;
            let (ours, others): (Vec<_>, Vec<_>) =
                accepted.into_iter().partition(|(other, ..)| other.id == rule.id);
            accepted = others;
            let status = ours.first().map_or(0, |(.., status)| *status);
            let what: Vec<&str> = ours.iter().map(|(_, what, _)| what.as_str()).collect();
            let (listed, means) = (listed(&what), rule.means);
            let message = match what.len() {
                1 => format!(
                    "a token {listed} was accepted (status {status}, as the valid one): {means}"
                ),
                count => format!(
                    "{count} tokens were accepted (status {status}, as the valid one): {means}; one {listed}"
                ),
            };
            self.audit.findings.push(rule.finding(&place, message));
        }
        if let Some((_, status)) = self.failed.first() {
            let what: Vec<&str> = self.failed.iter().map(|(what, _)| what.as_str()).collect();
            let message =
                format!("status {status}: {}; for a token {}", FAILED.means, listed(&what));
            self.audit.findings.push(FAILED.finding(&place, message));
        }
    }
}

/// Some, and how many more.
fn listed(what: &[&str]) -> String {
    let shown: Vec<&str> = what.iter().take(SHOWN).copied().collect();
    let more = what.len().saturating_sub(SHOWN);
    let shown = shown.join("; one ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}

/// How long a server that is asked too much wants to be left alone.
fn asked_rest(answer: &Answer) -> Duration {
    let seconds = answer.header(&RETRY_AFTER).and_then(|text| text.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(5)).min(MAX_REST)
}
