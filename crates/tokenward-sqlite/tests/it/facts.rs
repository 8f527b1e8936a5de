//! What a store has answered, and whether it still holds.
//!
//! ```text
//! +C sid token        a session was made          ?R sid   a refresh was asked for
//! +R sid old new      a token was refreshed       ?E sid   an end was asked for
//! +E sid              a session was ended         !F kind  a command failed
//! +V subject version  a version was bumped        !B text  an answer that must not be
//! +A jti              a token was revoked     !O text  the store could not be opened
//! ```

use std::collections::{HashMap, HashSet};

use tokenward::{Subject, TokenVersion};
use tokenward_revocation::{RevocationStore, Scope, Seq};
use tokenward_sessions::{
    REFRESH_WINDOW, RefreshAttempt, RefreshInvalid, RefreshOutcome, RefreshToken, SessionStore,
};
use tokenward_sqlite::SqliteStore;

use crate::load::{Answers, NOW, attempt};

/// What is known from the outside.
#[derive(Default)]
pub(crate) struct Facts {
    sessions: HashMap<String, Known>,
    versions: HashMap<String, u64>,
    revoked: HashSet<String>,
    pub(crate) answered: usize,
    pub(crate) failed: usize,
}

#[derive(Default)]
struct Known {
    /// The tokens in the order in which they were given out.
    tokens: Vec<String>,
    ended: bool,
    refresh_asked: bool,
    end_asked: bool,
}

impl Facts {
    /// Learns from a line of the load. A line torn by the kill says nothing.
    pub(crate) fn learn(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            // The test harness writes lines of its own, and our first one may be at the end of one of them.
            [.., "+C", sid, token] if token.len() == 47 => {
                self.of(sid).tokens.push(token.to_owned());
            }
            ["?R", sid] => self.of(sid).refresh_asked = true,
            ["+R", sid, old, new] if new.len() == 47 => {
                let known = self.of(sid);
                assert_eq!(known.tokens.last().map(String::as_str), Some(old));
                known.tokens.push(new.to_owned());
                known.refresh_asked = false;
            }
            ["?E", sid] => self.of(sid).end_asked = true,
            ["+E", sid] => self.of(sid).ended = true,
            ["+V", subject, version] => {
                let version = version.parse().unwrap();
                self.versions.insert(subject.to_owned(), version);
            }
            ["+A", jti] => {
                self.revoked.insert(jti.to_owned());
            }
            ["!F", ..] => self.failed += 1,
            ["!B", ..] => panic!("{line}"),
            _ => return,
        }
        self.answered += usize::from(line.contains('+'));
    }

    /// Learns what is left in the pipe of a dead process. Without its intents, what it had begun but not
    /// answered would look like a broken promise.
    pub(crate) fn learn_all(&mut self, lines: Answers) {
        for line in lines.map_while(Result::ok) {
            self.learn(&line);
        }
    }

    fn of(&mut self, sid: &str) -> &mut Known {
        self.sessions.entry(sid.to_owned()).or_default()
    }

    /// The facts that do not hold in `store`.
    pub(crate) async fn broken(&self, store: &SqliteStore) -> Vec<String> {
        let mut broken = Vec::new();
        let revoked = revoked(store).await;
        for (sid, known) in &self.sessions {
            if known.ended && !revoked.contains(sid) && !self.versions.contains_key(&subject(sid)) {
                broken.push(format!("session {sid} was ended, but is not revoked"));
            }
            if let Err(why) = known.holds(store).await {
                broken.push(format!("session {sid}: {why}"));
            }
        }
        for (subject, version) in &self.versions {
            let found = store.version(&Subject::new(subject.as_str()).unwrap()).await.unwrap();
            if found < TokenVersion::new(*version) || !revoked.contains(subject) {
                broken.push(format!("{subject} is at {found:?}, not at {version}"));
            }
        }
        let lost = self.revoked.difference(&revoked);
        broken.extend(lost.map(|jti| format!("{jti} is not revoked")));
        broken
    }
}

impl Known {
    async fn holds(&self, store: &SqliteStore) -> Result<(), String> {
        // An end or a refresh whose answer nobody saw may have happened or not.
        let may_have_ended = self.ended || self.end_asked;
        if let [.., old, new] = &self.tokens[..] {
            match refresh(store, old).await {
                // The successor that was answered, and no other.
                RefreshOutcome::Renewed { token, replayed: true, .. }
                    if !self.ended && *token.expose() == *new => {}
                RefreshOutcome::Ended { .. } if self.refresh_asked && !self.ended => return Ok(()),
                RefreshOutcome::Invalid(RefreshInvalid::Ended(_)) if may_have_ended => {}
                other => return Err(format!("the token before the last: {other:?}")),
            }
        }
        let Some(last) = self.tokens.last() else { return Ok(()) };
        match refresh(store, last).await {
            RefreshOutcome::Renewed { replayed, .. }
                if !self.ended && (self.refresh_asked || !replayed) => {}
            RefreshOutcome::Invalid(RefreshInvalid::Ended(_)) if may_have_ended => {}
            other => return Err(format!("the last token: {other:?}")),
        }
        // It is spent by now, and its window is over.
        let late =
            RefreshAttempt { now: NOW.saturating_add(REFRESH_WINDOW * 2), ..attempt_of(last) };
        match store.refresh(late).await.unwrap() {
            RefreshOutcome::Ended { .. } | RefreshOutcome::Invalid(RefreshInvalid::Ended(_)) => {
                Ok(())
            }
            other => Err(format!("a token after its window: {other:?}")),
        }
    }
}

async fn refresh(store: &SqliteStore, token: &str) -> RefreshOutcome {
    store.refresh(attempt_of(token)).await.unwrap()
}

fn attempt_of(token: &str) -> RefreshAttempt {
    attempt(&RefreshToken::parse(token).unwrap())
}

/// Every session, subject and token that is revoked, by name. The numbers have no gaps.
async fn revoked(store: &SqliteStore) -> HashSet<String> {
    let (head, live) = store.live(NOW).await.unwrap();
    let numbers: Vec<_> = live.iter().map(|one| one.seq.get()).collect();
    assert_eq!(numbers, (1..=head.get()).collect::<Vec<_>>(), "a gap in the revocations");
    assert_eq!(store.head().await.unwrap(), head);
    assert_eq!(store.since(Seq::ZERO, usize::MAX).await.unwrap(), live);
    live.into_iter()
        .map(|one| match one.scope {
            Scope::Jti(jti) => jti.to_string(),
            Scope::Session(sid) => sid.to_string(),
            Scope::Version { subject, .. } => subject.to_string(),
            other => panic!("nobody revoked {other:?}"),
        })
        .collect()
}

fn subject(sid: &str) -> String {
    format!("subject-{sid}")
}
