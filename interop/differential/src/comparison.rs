//! Asks everybody the same question, and holds the answers against the law.

use std::fmt;

use tokenward::{UnixTime, Verifier};

use crate::change::Change;
use crate::exceptions::Exceptions;
use crate::keys::{KeyRing, Keys};
use crate::peer::{Answer, Peer, calmly};
use crate::question::{Accept, Question, Time, now};
use crate::table::Table;
use crate::token::{Context, token};

/// A comparison that goes on.
pub struct Comparison {
    peers: Vec<Box<dyn Peer>>,
    exceptions: Exceptions,
    table: Table,
}

/// A token that we accept and a peer does not, or reads otherwise: said for whoever must look.
pub type Violation = String;

/// How long a question may take in seconds, so that no clock has come near an edge meanwhile.
const PATIENCE: u64 = 1;

impl Comparison {
    /// A comparison with `peers`.
    #[must_use]
    pub fn new(peers: Vec<Box<dyn Peer>>, exceptions: Exceptions) -> Self {
        let names = peers.iter().map(|peer| peer.name()).collect();
        Self { peers, exceptions, table: Table::new(names) }
    }

    /// Compares the verdicts on a token with `changes`, which counts as of `kind`; gives ours.
    pub fn compare(
        &mut self,
        kind: &'static str,
        keys: &Keys,
        ring: &KeyRing,
        changes: &[Change],
        accept: Accept,
    ) -> Result<bool, Violation> {
        let verifier = keys.verifier(accept);
        // Whoever asks late asks anew: a peer's own clock must not decide.
        loop {
            let time = now();
            let token = token(&Context { keys, ring, now: time }, changes);
            let question = Question {
                token: &token,
                algorithm: keys.algorithm,
                jwk: &keys.jwk,
                accept,
                time: Time::Live(time),
            };
            let answers = self.ask(&verifier, &question);
            if now() - time <= PATIENCE {
                return self.judge(kind, changes, &question, &answers);
            }
        }
    }

    /// Compares the verdicts on a token that is given, which counts as of `kind`; gives ours.
    pub fn compare_given(
        &mut self,
        kind: &'static str,
        name: &str,
        verifier: &Verifier,
        question: &Question<'_>,
    ) -> Result<bool, Violation> {
        let answers = self.ask(verifier, question);
        let change = Change { kind, name: format!("{kind}: {name}"), edits: Vec::new() };
        self.judge(kind, &[change], question, &answers)
    }

    /// The answers of all: ours first.
    fn ask(&mut self, verifier: &Verifier, question: &Question<'_>) -> Vec<Answer> {
        self.peers.iter_mut().for_each(|peer| peer.begin(question));
        let (Time::Live(time) | Time::Fixed(time)) = question.time;
        let ours = match verifier.verify(question.token, UnixTime::from_secs(time)) {
            Ok(claims) => Answer::Accepted(claims.subject().as_str().to_owned()),
            Err(rejected) => Answer::Refused(rejected.reason().as_str().to_owned()),
        };
        let theirs = self.peers.iter_mut().map(|peer| calmly(&mut **peer, question));
        std::iter::once(ours).chain(theirs).collect()
    }

    fn judge(
        &mut self,
        kind: &str,
        changes: &[Change],
        question: &Question<'_>,
        answers: &[Answer],
    ) -> Result<bool, Violation> {
        let (ours, theirs) = answers.split_first().expect("our own answer");
        let accepted: Vec<bool> = theirs.iter().map(Answer::is_accepted).collect();
        self.table.count(kind, ours.is_accepted(), &accepted);
        if !ours.is_accepted() {
            return Ok(false);
        }
        let algorithm = question.algorithm.as_str();
        let mut violations = Vec::new();
        for (peer, answer) in self.peers.iter().zip(theirs).filter(|(_, answer)| *answer != ours) {
            if !self.exceptions.excuse(peer.name(), algorithm, changes) {
                violations.push(format!("{}, {algorithm} {changes:?}: {answer:?}", peer.name()));
            }
        }
        if violations.is_empty() {
            return Ok(true);
        }
        Err(format!("{}\n    {:?} {}", violations.join("\n"), question.accept, question.token))
    }

    /// The exceptions that nothing needed so far.
    #[must_use]
    pub fn unused_exceptions(&self) -> Vec<String> {
        self.exceptions.unused()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}

impl fmt::Debug for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparison").field("table", &self.table).finish_non_exhaustive()
    }
}
