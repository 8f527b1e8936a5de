//! At every moment, a follower knows everything that was revoked before the time that it claims.

use proptest::prelude::*;

use super::store::{Store, new_follower};
use crate::Follower;

/// What happens next to the store or to the messages on their way.
#[derive(Clone, Debug)]
enum Event {
    Revoke(u8),
    Tick(u16),
    SendFrame(usize),
    SendHeartbeat,
    Deliver(usize),
    Drop(usize),
    Repeat(usize),
    /// Another copy, with a bit of it turned over.
    Flip(usize, usize),
    /// Another copy, cut short.
    Cut(usize, usize),
    Snapshot,
    DeliverSnapshot,
    /// A snapshot that was changed: at the first number, or cut at it.
    BadSnapshot(usize, bool),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0_u8..12).prop_map(Event::Revoke),
        3 => (1_u16..5_000).prop_map(Event::Tick),
        6 => (1_usize..4).prop_map(Event::SendFrame),
        3 => Just(Event::SendHeartbeat),
        12 => (0_usize..3).prop_map(Event::Deliver),
        1 => (0_usize..3).prop_map(Event::Drop),
        1 => (0_usize..3).prop_map(Event::Repeat),
        1 => (0_usize..3, any::<usize>()).prop_map(|(index, bit)| Event::Flip(index, bit)),
        1 => (0_usize..3, any::<usize>()).prop_map(|(index, at)| Event::Cut(index, at)),
        1 => Just(Event::Snapshot),
        4 => Just(Event::DeliverSnapshot),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(at, cut)| Event::BadSnapshot(at, cut)),
    ];
    proptest::collection::vec(event, 0..80)
}

#[derive(Clone)]
enum Message {
    Frame(Vec<u8>),
    Heartbeat(Vec<u8>),
}

impl Message {
    fn deliver(&self, follower: &mut Follower) -> bool {
        match self {
            Self::Frame(jws) => follower.on_frame(jws).is_ok(),
            Self::Heartbeat(jws) => follower.on_heartbeat(jws).is_ok(),
        }
    }

    fn changed(&self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut message = self.clone();
        match &mut message {
            Self::Frame(jws) | Self::Heartbeat(jws) => change(jws),
        }
        message
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Messages are lost, repeated, delayed, put out of order, cut and changed, old snapshots come late.
    #[test]
    fn a_follower_never_claims_what_it_does_not_have_and_heals(events in events()) {
        let mut store = Store::default();
        let mut follower = new_follower();
        let mut wire: Vec<Message> = Vec::new();
        let mut snapshots = vec![store.snapshot()];
        for event in events {
            match event {
                Event::Revoke(name) => store.revoke(&format!("t{name}")),
                Event::Tick(millis) => store.tick(millis.into()),
                Event::SendFrame(count) => wire.extend(store.cut(count).map(Message::Frame)),
                Event::SendHeartbeat => wire.push(Message::Heartbeat(store.heartbeat())),
                Event::Deliver(index) if index < wire.len() => {
                    wire.remove(index).deliver(&mut follower);
                }
                Event::Drop(index) if index < wire.len() => drop(wire.remove(index)),
                Event::Repeat(index) if index < wire.len() => {
                    wire[index].deliver(&mut follower);
                }
                Event::Flip(index, bit) if index < wire.len() => {
                    let bad = wire[index].changed(|jws| flip(jws, bit));
                    prop_assert!(!bad.deliver(&mut follower));
                }
                Event::Cut(index, at) if index < wire.len() => {
                    let bad = wire[index].changed(|jws| jws.truncate(at.checked_rem(jws.len()).unwrap()));
                    prop_assert!(!bad.deliver(&mut follower));
                }
                Event::Snapshot => snapshots.push(store.snapshot()),
                Event::DeliverSnapshot if follower.position().is_none() => {
                    follower.on_snapshot(snapshots.last().unwrap()).ok();
                }
                Event::BadSnapshot(at, cut) => {
                    let mut bad = snapshots.last().unwrap().clone();
                    if cut { bad.truncate(at.checked_rem(bad.len()).unwrap()) } else { flip(&mut bad, at) }
                    prop_assert!(follower.on_snapshot(&bad).is_err());
                }
                _ => {}
            }
            store.check_honesty(&follower)?;
        }
        heal(&mut store, &mut follower);
        store.check_honesty(&follower)?;
        prop_assert_eq!(follower.view().as_of(), Some(store.now));
        let mut model = store.follower();
        model.on_heartbeat(&store.heartbeat()).unwrap();
        prop_assert_eq!(follower.view().len(), model.view().len());
    }
}

fn flip(bytes: &mut [u8], bit: usize) {
    let at = (bit / 8).checked_rem(bytes.len()).unwrap();
    bytes[at] ^= 1 << (bit % 8);
}

/// What every client does: a snapshot if needed, then a heartbeat.
fn heal(store: &mut Store, follower: &mut Follower) {
    store.tick(1);
    if follower.on_heartbeat(&store.heartbeat()).is_err() {
        follower.on_snapshot(&store.snapshot()).unwrap();
    }
}
