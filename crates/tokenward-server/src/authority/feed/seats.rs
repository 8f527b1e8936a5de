//! Who follows a feed: bounded, and fair to the services.
//!
//! Any number of verifiers may share the credential of one service, so the seats are not divided
//! beforehand. Once all are taken, a service that has fewer than another gets one of the other's.
//!
//! **Invariant:** no service keeps another from an equal share of the seats, however many it takes, and
//! whoever has no more than its share loses none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokenward::ClientId;
use tokio::sync::oneshot;

/// The seats of one feed.
pub(super) struct Seats {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    count: usize,
    /// The seats of each service that has one, the oldest first. Whoever loses one is told by the end of
    /// its channel.
    of: BTreeMap<ClientId, BTreeMap<u64, oneshot::Sender<()>>>,
}

/// A follower's seat, given back when it is dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    service: ClientId,
    number: u64,
    lost: oneshot::Receiver<()>,
}

impl Seats {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// A seat for `service`; `None` if all are taken and none of another service is its due.
    pub(super) fn take(self: &Arc<Self>, service: &ClientId) -> Option<Seat> {
        let mut taken = self.taken();
        if taken.count >= self.most {
            taken.make_room_for(service)?;
        }
        let number = taken.next;
        taken.next = number.wrapping_add(1);
        taken.count = taken.count.saturating_add(1);
        let (held, lost) = oneshot::channel();
        taken.of.entry(service.clone()).or_default().insert(number, held);
        Some(Seat { seats: Arc::clone(self), service: service.clone(), number, lost })
    }

    // Nothing panics while it holds this lock.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn make_room_for(&mut self, service: &ClientId) -> Option<()> {
        let own = self.of.get(service).map_or(0, BTreeMap::len);
        let (richest, most) = self
            .of
            .iter()
            .map(|(name, seats)| (name, seats.len()))
            .max_by_key(|(_, count)| *count)?;
        // Two that differ by one would take the same seat from each other for ever.
        if own.saturating_add(1) >= most {
            return None;
        }
        let richest = richest.clone();
        // The oldest would soon have come back in any case, to show its credential again.
        let oldest = *self.of.get(&richest)?.keys().next()?;
        self.leave(&richest, oldest);
        Some(())
    }

    fn leave(&mut self, service: &ClientId, number: u64) {
        let Some(seats) = self.of.get_mut(service) else { return };
        if seats.remove(&number).is_some() {
            self.count = self.count.saturating_sub(1);
        }
        if seats.is_empty() {
            self.of.remove(service);
        }
    }
}

impl Seat {
    /// Waits until the seat is another's.
    pub(super) async fn lost(&mut self) {
        // Nothing is ever sent; the other end goes.
        drop((&mut self.lost).await);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().leave(&self.service, self.number);
    }
}
