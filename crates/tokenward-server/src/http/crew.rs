//! Threads that serve connections, each with a runtime of its own.
//!
//! A connection stays on one of them, so that no request waits for another thread, or wakes one.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The threads. They end with this, and whatever they still serve ends with them.
pub(super) struct Crew {
    hands: Vec<Hand>,
    next: AtomicUsize,
}

struct Hand {
    runtime: Handle,
    _until_dropped: oneshot::Sender<()>,
}

impl Crew {
    /// As many threads as this process has cores.
    pub(super) fn of_all_cores() -> io::Result<Self> {
        let cores = thread::available_parallelism()?.get();
        let hands = (0..cores).map(Hand::start).collect::<io::Result<_>>()?;
        Ok(Self { hands, next: AtomicUsize::new(0) })
    }

    /// Runs `task` on the next thread in turn.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let hand = next.checked_rem(self.hands.len()).and_then(|index| self.hands.get(index));
        if let Some(hand) = hand {
            hand.runtime.spawn(task);
        }
    }
}

impl Hand {
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (sender, dropped) = oneshot::channel();
        thread::Builder::new().name(format!("connections-{number}")).spawn(move || {
            // An error means that the sender is gone, which is what is waited for.
            drop(runtime.block_on(dropped));
        })?;
        Ok(Self { runtime: handle, _until_dropped: sender })
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew").field("threads", &self.hands.len()).finish_non_exhaustive()
    }
}
