//! Asks every verifier about tokens that are being revoked, and holds its answers against its ages.
//!
//! A verifier that reports the age *a* must not accept what the authority has said to be revoked more than
//! *a* ago.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokenward::UnixTime;
use tokenward_remote::{LiveVerifier, Refusal};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::ledger::{Ledger, Watched, now};
use super::world::until;

/// How many tokens one verifier is asked about before it is the next one's turn.
const AT_ONCE: usize = 8;

/// Asks until it is told to end.
pub(super) struct Observer {
    task: JoinHandle<()>,
    enough: Arc<AtomicBool>,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    asked: AtomicUsize,
    /// Tokens that were accepted after their revocation was answered, as is allowed within the age.
    late: AtomicUsize,
    /// As those, where an age that was counted from receipt would have been a lie; for each verifier.
    hidden: Mutex<Vec<usize>>,
    broken: Mutex<Vec<String>>,
}

/// What is known of one verifier.
struct Subject {
    place: usize,
    verifier: Arc<LiveVerifier>,
    /// How many tokens of the ledger it was shown.
    shown: usize,
    /// Those that it has not refused yet…
    accepted: VecDeque<Arc<Watched>>,
    /// …and those that it has: it must not change its mind.
    refused: VecDeque<Arc<Watched>>,
    /// The time as of which it last said to be complete, and when it had not said so yet: it received the
    /// message that says so later.
    heard: (Option<UnixTime>, UnixTime),
    looked_at: UnixTime,
}

impl Observer {
    pub(super) fn start(verifiers: &[Arc<LiveVerifier>], ledger: &Arc<Ledger>) -> Self {
        let (enough, seen) = (Arc::<AtomicBool>::default(), Arc::<Seen>::default());
        seen.hidden.lock().unwrap().resize(verifiers.len(), 0);
        let subject = |(place, verifier): (usize, &Arc<LiveVerifier>)| Subject {
            place,
            verifier: Arc::clone(verifier),
            shown: 0,
            accepted: VecDeque::new(),
            refused: VecDeque::new(),
            heard: (None, now()),
            looked_at: now(),
        };
        let mut subjects: Vec<_> = verifiers.iter().enumerate().map(subject).collect();
        let (ledger, told, to) = (Arc::clone(ledger), Arc::clone(&enough), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let mut round = interval(Duration::from_millis(1));
            round.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while !told.load(Ordering::SeqCst) {
                round.tick().await;
                for subject in &mut subjects {
                    subject.is_asked(&ledger, &to);
                    // Whoever is asked must be able to hear meanwhile.
                    tokio::task::yield_now().await;
                }
            }
        });
        Self { task, enough, seen }
    }

    /// Waits until `verifier` has accepted what it would have had to refuse, had its age been counted from
    /// the receipt of its messages. So this observer would notice if it were.
    pub(super) async fn sees_what_an_age_from_receipt_would_hide(&self, place: usize) {
        let hidden = || self.seen.hidden.lock().unwrap()[place];
        let before = hidden();
        until("an age from receipt hides something", || hidden() > before).await;
    }

    /// Ends it; no verifier has ever known less than it said.
    pub(super) async fn found_nothing(self) {
        self.enough.store(true, Ordering::SeqCst);
        self.task.await.unwrap();
        println!("{:?}", self.seen);
        let broken = self.seen.broken.lock().unwrap();
        assert!(broken.is_empty(), "{} times: {:#?}", broken.len(), broken.first());
        let [asked, late] = [&self.seen.asked, &self.seen.late].map(|n| n.load(Ordering::SeqCst));
        assert!(asked > 1_000 && late > 10, "hardly anything was asked: {:?}", self.seen);
    }
}

impl Subject {
    fn is_asked(&mut self, ledger: &Ledger, seen: &Seen) {
        let new = ledger.tokens_after(self.shown);
        self.shown += new.len();
        self.accepted.extend(new);
        for _ in 0..AT_ONCE {
            let Some(watched) = self.accepted.pop_front() else { break };
            let accepted = self.is_accepted(&watched, seen);
            if accepted { &mut self.accepted } else { &mut self.refused }.push_back(watched);
        }
        self.refused.rotate_left(usize::from(!self.refused.is_empty()));
        if let Some(watched) = self.refused.front().cloned() {
            self.is_accepted(&watched, seen);
        }
    }

    /// Whether it accepts the token or does not say; whether it may is judged.
    fn is_accepted(&mut self, watched: &Watched, seen: &Seen) -> bool {
        // Before it is asked: what is revoked meanwhile it need not know.
        let revoked = watched.revoked_at();
        let as_of = self.verifier.view().as_of();
        if as_of != self.heard.0 {
            self.heard = (as_of, self.looked_at);
        }
        let now = now();
        self.looked_at = now;
        seen.asked.fetch_add(1, Ordering::Relaxed);
        let judged = match self.verifier.verify(&watched.token, now) {
            Ok(judged) => judged,
            Err(Refusal::Unavailable(_)) => return true,
            Err(Refusal::Rejected(_)) => return false,
        };
        let (Some(revoked), Some(age)) = (revoked, judged.revocation_age()) else { return true };
        seen.late.fetch_add(1, Ordering::Relaxed);
        let ago = now.since(revoked);
        if ago > age {
            let Self { place, verifier, .. } = self;
            let text = format!(
                "verifier {place} of age {age:?} accepts what was revoked {ago:?} ago: {:?}",
                verifier.view()
            );
            seen.broken.lock().unwrap().push(text);
        }
        if ago > now.since(self.heard.1) {
            seen.hidden.lock().unwrap()[self.place] += 1;
        }
        true
    }
}
