//! Locks after failures to authenticate, in bounded memory.
//!
//! ```text
//! name, address ──▶ has it failed too often here? ──▶ wait: as good as a name that nobody has
//!                   └ unless it has succeeded here lately ──▶ look, and let it in if it is right
//! ```
//!
//! What fails is counted by name and address together, so that whoever guesses locks out themselves and not the
//! client. Failures of one address with many names, and of one name from many addresses, make the lock come sooner.
//! An address that is locked leaves a name in which nobody has failed there one try in two hours: after a restart
//! nobody is at home, and a hostile neighbor would else keep every client behind the same address out.
//!
//! **Invariants.** A name that nobody has is counted as one that somebody has. Nobody can lock a client out of where
//! it is at home, nor out of a place in which nobody failed in its name. A lock is never forgotten before its time:
//! nothing is evicted but such last tries, and cells that several share only ever lock more. Memory does not grow.
//! One process counts: a restart forgets, and replicas count apart.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokenward::UnixTime;

use super::rate::{Slots, owner};
use crate::http::Peer;
use crate::settings::Failures;

#[cfg(test)]
mod tests;

/// Who may try to be whom, and where.
pub(super) struct Lockout {
    by_place: Locks,
    by_address: Locks,
    by_name: Locks,
    /// Failures that are free in a place, of which an attack on the name from elsewhere leaves none.
    free: u16,
    at_home: Notes,
    /// Last tries that came to nothing. They are in no cell that others share: at a locked address anybody may have
    /// one for each name that comes to mind, and would lock the places of all names before long.
    last_tries: Notes,
}

/// A name at an address. Neither needs to exist.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Place<'a> {
    name: &'a str,
    /// `None`: callers that cannot be told apart, behind a proxy on a Unix socket.
    address: Option<u128>,
}

impl<'a> Place<'a> {
    pub(super) fn new(name: &'a str, peer: Option<&Peer>) -> Self {
        let address = match peer {
            Some(Peer::Tcp(address)) => Some(owner(address.ip())),
            Some(Peer::Unix { .. }) => None,
            None => Some(0),
        };
        Self { name, address }
    }
}

impl Lockout {
    /// With a hundred thousand locks at a time, three rows of these (3 MiB) lock one place in seven of those in
    /// which nobody has failed; with ten thousand, one in 2,000.
    ///
    /// Of as many last tries (1 MiB), one is pushed out after some twenty minutes of an address that has 50
    /// others a second, and then there is one more.
    const PLACES: usize = 1 << 17;
    const AT_HOME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    pub(super) fn new(failures: Failures) -> Self {
        let times = |by: u16| Failures { free: failures.free.saturating_mul(by), ..failures };
        Self {
            by_place: Locks::with(failures, Self::PLACES),
            by_address: Locks::new(times(10)),
            by_name: Locks::new(times(100)),
            free: failures.free,
            at_home: Notes::new(1 << 14, Self::AT_HOME),
            last_tries: Notes::new(Self::PLACES, Failures::FORGOTTEN),
        }
    }

    /// How long nothing is looked at in `place`; `None` if it is.
    pub(super) fn closed(&self, place: Place<'_>, now: UnixTime) -> Option<Wait> {
        let address = place.address?;
        if self.at_home.has(place, now) {
            return None;
        }
        let address = self.by_address.wait(address, now);
        self.by_place.wait(place, now).max(address.filter(|_| !self.has_a_last_try(place, now)))
    }

    /// Whether nobody has failed in `place`, as long as that is remembered.
    fn has_a_last_try(&self, place: Place<'_>, now: UnixTime) -> bool {
        self.by_place.failures(place, now) == 0 && !self.last_tries.has(place, now)
    }

    /// Counts a failure in `place`; how long to wait from now on, if that is for long enough to say.
    pub(super) fn failed(&self, place: Place<'_>, now: UnixTime) -> Option<Wait> {
        let locked = |address| self.by_address.wait(address, now).is_some();
        if place.address.is_some_and(locked) && !self.at_home.has(place, now) {
            self.last_tries.note(place, now);
        } else {
            self.by_name.failed(place.name, 0, now);
            let under_attack = self.by_name.wait(place.name, now).is_some();
            let sooner = if under_attack { self.free } else { 0 };
            self.by_place.failed(place, sooner, now);
        }
        if let Some(address) = place.address {
            self.by_address.failed(address, 0, now);
        }
        let address = place.address.and_then(|address| self.by_address.wait(address, now));
        self.by_place.wait(place, now).max(address)
    }

    /// Notes that whoever is in `place` has proved to have that name.
    pub(super) fn succeeded(&self, place: Place<'_>, now: UnixTime) {
        if place.address.is_some() {
            self.at_home.note(place, now);
        }
    }
}

/// How long a caller has to wait, in whole seconds, at least one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Wait(u64);

impl Wait {
    pub(super) const fn as_secs(self) -> u64 {
        self.0
    }
}

/// Failures of many callers: a sketch of rows, in each of which a caller has one cell by a hash that nobody outside
/// can compute. The least of its cells tells of all its failures, and perhaps of others'.
pub(super) struct Locks {
    failures: Failures,
    seed: RandomState,
    rows: [Slots; 3],
}

/// What a cell holds: the failures in its low 16 bits, and the millisecond of the last.
#[derive(Clone, Copy)]
struct Cell {
    failures: u16,
    last: u64,
}

impl Locks {
    /// 384 KiB in three rows.
    const CELLS: usize = 1 << 14;

    pub(super) fn new(failures: Failures) -> Self {
        Self::with(failures, Self::CELLS)
    }

    fn with(failures: Failures, cells: usize) -> Self {
        let rows = [(); 3].map(|()| Slots::new(cells));
        Self { failures, seed: RandomState::new(), rows }
    }

    /// How long `caller` has to wait, if at all.
    pub(super) fn wait(&self, caller: impl Hash, now: UnixTime) -> Option<Wait> {
        let now = now.as_millis();
        let waits = self.cells(&caller).map(|cell| {
            // A clock that was set back makes nobody wait for longer than one lock.
            let Cell { failures, last } = Cell::of(cell.load(Ordering::Relaxed));
            self.lock(failures).saturating_sub(now.saturating_sub(last))
        });
        let millis = waits.min().unwrap_or_default();
        (millis > 0).then(|| Wait(millis.div_ceil(1_000)))
    }

    /// Counts a failure of `caller`, and `sooner` more if it is the first.
    pub(super) fn failed(&self, caller: impl Hash, sooner: u16, now: UnixTime) {
        let now = now.as_millis();
        for cell in self.cells(&caller) {
            let counted = |bits| {
                let failures = Cell::of(bits).remembered(now).max(sooner).saturating_add(1);
                Some(Cell { failures, last: now }.bits())
            };
            let _before = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, counted);
        }
    }

    /// How often `caller` has failed, at most.
    fn failures(&self, caller: impl Hash, now: UnixTime) -> u16 {
        let cells = self.cells(&caller).map(|cell| Cell::of(cell.load(Ordering::Relaxed)));
        cells.map(|cell| cell.remembered(now.as_millis())).min().unwrap_or_default()
    }

    fn cells(&self, caller: &impl Hash) -> impl Iterator<Item = &AtomicU64> {
        let hash = move |row: usize| self.seed.hash_one((row, caller));
        self.rows.iter().enumerate().filter_map(move |(number, row)| row.of(hash(number)))
    }

    /// The lock that follows so many failures, in milliseconds.
    fn lock(&self, failures: u16) -> u64 {
        let beyond = failures.saturating_sub(self.failures.free);
        let Some(doublings) = beyond.checked_sub(1) else { return 0 };
        let doubled = 1_u64.checked_shl(u32::from(doublings)).unwrap_or(u64::MAX);
        millis(self.failures.first).saturating_mul(doubled).min(millis(self.failures.longest))
    }
}

impl Cell {
    const fn of(bits: u64) -> Self {
        let [.., high, low] = bits.to_be_bytes();
        Self { failures: u16::from_be_bytes([high, low]), last: bits >> 16 }
    }

    /// Its failures, as long as they are not forgotten at `now`.
    fn remembered(self, now: u64) -> u16 {
        if now.saturating_sub(self.last) > millis(Failures::FORGOTTEN) { 0 } else { self.failures }
    }

    fn bits(self) -> u64 {
        self.last << 16 | u64::from(self.failures)
    }
}

/// Places in which something was lately the case: at home are clients where they have proved who they are, and only
/// who has proved to be one makes such a note.
///
/// Each place has two slots to be in, with a tag that tells it from others; the younger note of two pushes out the
/// older.
struct Notes {
    seed: RandomState,
    slots: Slots,
    /// Minutes.
    remembered: u64,
}

impl Notes {
    fn new(slots: usize, remembered: Duration) -> Self {
        let remembered = remembered.as_secs() / 60;
        Self { seed: RandomState::new(), slots: Slots::new(slots), remembered }
    }

    fn has(&self, place: Place<'_>, now: UnixTime) -> bool {
        let (tag, slots) = self.slots_of(place);
        let is_fresh = |bits: u64| minutes(now).saturating_sub(bits & MINUTES) <= self.remembered;
        let known = |bits: u64| bits >> 32 == tag && is_fresh(bits);
        slots.into_iter().flatten().any(|slot| known(slot.load(Ordering::Relaxed)))
    }

    fn note(&self, place: Place<'_>, now: UnixTime) {
        let (tag, slots) = self.slots_of(place);
        let rank = |slot: &&AtomicU64| {
            let bits = slot.load(Ordering::Relaxed);
            if bits >> 32 == tag { (0, 0) } else { (1, bits & MINUTES) }
        };
        if let Some(slot) = slots.into_iter().flatten().min_by_key(rank) {
            slot.store(tag << 32 | minutes(now), Ordering::Relaxed);
        }
    }

    fn slots_of(&self, place: Place<'_>) -> (u64, [Option<&AtomicU64>; 2]) {
        let hash = |number: u8| self.seed.hash_one((number, place));
        // A tag of 0 is an empty slot's.
        let tag = (hash(2) >> 32).max(1);
        (tag, [0, 1].map(|number| self.slots.of(hash(number))))
    }
}

const MINUTES: u64 = 0xffff_ffff;

fn minutes(now: UnixTime) -> u64 {
    (now.as_secs() / 60) & MINUTES
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Lockout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lockout").field("free", &self.free).finish_non_exhaustive()
    }
}
