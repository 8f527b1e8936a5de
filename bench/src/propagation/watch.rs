//! Who refuses what, and since when.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokenward::{Jti, Subject, UnixTime};
use tokenward_remote::Remote;
use tokenward_revocation::{Facts, View};
use tokio::time::Instant;

use super::after;
use crate::Error;

/// How often it is looked.
const EVERY: Duration = Duration::from_micros(500);

/// The ids of which the API has said that they are revoked, and when it did.
#[derive(Default)]
pub(super) struct Answered(Mutex<Vec<(Jti, Instant)>>);

impl Answered {
    /// The API has just said so.
    pub(super) fn push(&self, id: Jti) {
        let now = Instant::now();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((id, now));
    }

    fn behind(&self, known: usize) -> Vec<(Jti, Instant)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(known..).unwrap_or_default().to_vec()
    }
}

/// A thread that looks.
pub(super) struct Watch {
    thread: JoinHandle<Looking>,
    enough: Arc<AtomicBool>,
    until: Arc<Mutex<Option<Instant>>>,
}

impl Watch {
    pub(super) fn start(remotes: &[Remote], answered: &Arc<Answered>) -> Self {
        let (enough, until) = (Arc::<AtomicBool>::default(), Arc::<Mutex<_>>::default());
        let mut looking = Looking {
            views: remotes.iter().map(|one| Open::of(one.verifier().view())).collect(),
            revoked: Vec::new(),
            nobody: Subject::new("nobody").ok(),
        };
        let (answered, told) = (Arc::clone(answered), Arc::clone(&enough));
        let last = Arc::<Mutex<Option<Instant>>>::clone(&until);
        let thread = std::thread::spawn(move || {
            loop {
                looking.look(&answered);
                let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
                let late = last.is_some_and(|last| Instant::now() > last);
                if told.load(Ordering::SeqCst) && (late || looking.is_done()) {
                    return looking;
                }
                std::thread::sleep(EVERY);
            }
        });
        Self { thread, enough, until }
    }

    /// How long each id took to be refused by all of them, once all are; an error if that takes longer than
    /// `patience` from now on.
    pub(super) async fn all_refused(self, patience: Duration) -> Result<Vec<Duration>, Error> {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(after(patience));
        self.enough.store(true, Ordering::SeqCst);
        let looking = tokio::task::spawn_blocking(|| self.thread.join()).await?;
        let looking = looking.map_err(|_| "the thread that looks has panicked")?;
        if !looking.is_done() {
            let lost: usize = looking.views.iter().map(|one| one.ids.len()).sum();
            return Err(format!("{lost} refusals are missing").into());
        }
        Ok(looking.revoked.into_iter().map(|one| one.took).collect())
    }
}

/// What a verifier does not refuse yet.
struct Open {
    view: Arc<View>,
    known: usize,
    ids: VecDeque<usize>,
}

struct Revoked {
    id: Jti,
    answered: Instant,
    /// Until the last of the verifiers refused it.
    took: Duration,
}

struct Looking {
    views: Vec<Open>,
    revoked: Vec<Revoked>,
    nobody: Option<Subject>,
}

impl Open {
    fn of(view: &Arc<View>) -> Self {
        Self { view: Arc::clone(view), known: 0, ids: VecDeque::new() }
    }
}

impl Looking {
    fn look(&mut self, answered: &Answered) {
        let Self { views, revoked, nobody: Some(nobody) } = self else { return };
        let before = revoked.len();
        for (id, answered) in answered.behind(before) {
            revoked.push(Revoked { id, answered, took: Duration::ZERO });
        }
        for one in views {
            let known = one.view.len();
            let looks = known != one.known || revoked.len() > before;
            one.known = known;
            one.ids.extend(before..revoked.len());
            if !looks {
                continue;
            }
            let view = &one.view;
            one.ids.retain(|place| {
                let Some(revoked) = revoked.get_mut(*place) else { return false };
                let refused = view.check_facts(&facts(&revoked.id, nobody)).is_some();
                if refused {
                    // By then the last of those that were asked before it had refused it, too.
                    revoked.took = revoked.took.max(revoked.answered.elapsed());
                }
                !refused
            });
        }
    }

    fn is_done(&self) -> bool {
        self.views.iter().all(|one| one.ids.is_empty())
    }
}

const fn facts<'a>(id: &'a Jti, nobody: &'a Subject) -> Facts<'a> {
    Facts {
        token_id: id,
        session_id: None,
        subject: nobody,
        token_version: None,
        issued_at: UnixTime::NEVER,
        key_id: None,
    }
}
