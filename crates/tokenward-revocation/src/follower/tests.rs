use std::time::Duration;

use proptest::prelude::*;
use tokenward::crypto::Secret256;
use tokenward::{Audience, Jti, Subject};

use super::*;
use crate::{Facts, Fingerprints, FreshnessPolicy, NewRevocation, Revocation, Scope, WhenStale};

#[test]
fn frames_and_heartbeats_that_continue_are_applied() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.revoke("t1");

    assert_eq!(follower.on_frame(&store.frame(0)), Ok(Progress::Applied));
    assert!(store.knows(&follower, "t1"));
    store.tick(900);
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), Ok(Progress::Applied));
    assert_eq!(follower.view().as_of(), Some(store.now));
    assert_eq!(follower.position(), Some(Seq::new(1)));
}

#[test]
fn nothing_is_followed_before_a_snapshot() {
    let store = Store::default();
    let mut follower = Follower::new(Store::view());

    let start = Err(NeedSnapshot { why: Why::Start });
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), start);
    assert_eq!(follower.view().as_of(), None);
}

#[test]
fn a_gap_is_noticed_by_a_frame_and_by_a_heartbeat() {
    let mut store = Store::default();
    let (mut first, mut second) = (store.follower(), store.follower());
    store.revoke("t1");
    store.revoke("t2");
    store.tick(10);

    let gap = Err(NeedSnapshot { why: Why::Gap });
    assert_eq!(first.on_frame(&store.frame(1)), gap);
    assert_eq!(second.on_heartbeat(&store.heartbeat()), gap);
    // What did arrive is refused all the same.
    assert!(store.knows(&first, "t2"));
}

#[test]
fn after_a_loss_nothing_but_a_snapshot_makes_it_fresher() {
    let mut store = Store::default();
    let mut follower = store.follower();
    let synced_at = follower.view().as_of();
    store.revoke("t1");
    store.revoke("t2");
    follower.on_frame(&store.frame(1)).unwrap_err();
    store.tick(10);

    assert!(follower.on_frame(&store.frame(0)).is_err());
    assert!(follower.on_heartbeat(&store.heartbeat()).is_err());
    assert_eq!(follower.view().as_of(), synced_at);

    follower.on_snapshot(store.snapshot()).unwrap();
    assert_eq!(follower.view().as_of(), Some(store.now));
}

#[test]
fn a_repeated_frame_and_a_late_heartbeat_change_nothing() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.tick(5);
    let late = store.heartbeat();
    store.revoke("t1");
    store.tick(5);
    let frame = store.frame(0);
    follower.on_frame(&frame).unwrap();

    assert_eq!(follower.on_frame(&frame), Ok(Progress::Nothing));
    follower.on_heartbeat(&store.heartbeat()).unwrap();
    assert_eq!(follower.on_heartbeat(&late), Ok(Progress::Nothing));
    assert_eq!(follower.view().as_of(), Some(store.now));
}

#[test]
fn a_frame_promises_nothing_about_what_comes_behind_it() {
    let mut store = Store::default();
    let mut follower = store.follower();
    let synced_at = follower.view().as_of();
    store.revoke("t1");
    let first = store.rows[..1].to_vec();
    store.revoke("t2");
    store.tick(10);

    let after = Seq::ZERO;
    let frame = Frame::of(&audience(), after, first[0].seq, store.now, &prints(), &first);
    follower.on_frame(&frame).unwrap();

    assert_eq!(follower.view().as_of(), synced_at);
}

#[test]
fn a_store_that_was_set_back_is_noticed_by_its_head() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut follower = store.follower();
    store.rows.clear();
    store.tick(10);

    let result = follower.on_heartbeat(&store.heartbeat());

    assert_eq!(result, Err(NeedSnapshot { why: Why::HeadWentBack }));
}

#[test]
fn a_store_that_was_set_back_is_noticed_though_it_has_gone_on_since() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut follower = store.follower();
    store.rows.clear();
    store.revoke("t2");
    store.tick(10);

    let result = follower.on_frame(&store.frame(0));

    assert_eq!(result, Err(NeedSnapshot { why: Why::Forked }));
    assert!(store.knows(&follower, "t2"));
}

#[test]
fn a_clock_that_goes_back_far_needs_a_snapshot_and_a_little_only_ages_us() {
    let mut store = Store::default();
    store.tick(60_000);
    let mut follower = store.follower();
    let synced_at = follower.view().as_of();

    store.now = store.now.saturating_sub(CLOCK_ERROR);
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), Ok(Progress::Nothing));
    store.now = store.now.saturating_sub(Duration::from_millis(1));
    let back = Err(NeedSnapshot { why: Why::TimeWentBack });
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), back);
    assert_eq!(follower.view().as_of(), synced_at);

    follower.on_snapshot(store.snapshot()).unwrap();
    assert_eq!(follower.view().as_of(), Some(store.now));
}

#[test]
fn an_old_snapshot_cannot_take_a_revocation_back() {
    let mut store = Store::default();
    let old = store.snapshot();
    store.revoke("t1");
    store.tick(10);
    let mut follower = store.follower();
    follower.on_unreadable();

    let result = follower.on_snapshot(old);

    assert_eq!(result, Err(NeedSnapshot { why: Why::OldSnapshot }));
    assert!(store.knows(&follower, "t1"));
}

#[test]
fn a_snapshot_of_another_audience_is_refused() {
    let store = Store::default();
    let mut follower = store.follower();
    let mut snapshot = store.snapshot();
    snapshot.audience = Audience::new("other").unwrap();

    let result = follower.on_snapshot(snapshot);

    assert_eq!(result, Err(NeedSnapshot { why: Why::WrongAudience }));
}

#[test]
fn what_has_ended_by_the_feeds_clock_is_forgotten() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.revoke("t1");
    follower.on_frame(&store.frame(0)).unwrap();
    assert_eq!(follower.view().len(), 1);

    store.tick(LIFE_MS + 60_000);
    follower.on_heartbeat(&store.heartbeat()).unwrap();

    assert!(follower.view().is_empty());
}

/// What happens next to the store or to the messages on their way.
#[derive(Clone, Debug)]
enum Event {
    Revoke(u8),
    Tick(u16),
    SendFrame,
    SendPart(usize),
    SendHeartbeat,
    Deliver(usize),
    Drop(usize),
    Repeat(usize),
    Snapshot,
    DeliverSnapshot,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0_u8..12).prop_map(Event::Revoke),
        3 => (1_u16..5_000).prop_map(Event::Tick),
        4 => Just(Event::SendFrame),
        2 => (1_usize..3).prop_map(Event::SendPart),
        3 => Just(Event::SendHeartbeat),
        8 => (0_usize..3).prop_map(Event::Deliver),
        1 => (0_usize..3).prop_map(Event::Drop),
        1 => (0_usize..3).prop_map(Event::Repeat),
        1 => Just(Event::Snapshot),
        2 => Just(Event::DeliverSnapshot),
    ];
    proptest::collection::vec(event, 0..80)
}

#[derive(Clone)]
enum Message {
    Frame(Frame),
    Heartbeat(Heartbeat),
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Messages are lost, repeated, delayed and put out of order, old snapshots come late; at every
    /// moment, everything that was revoked before the time that the view claims is in it.
    #[test]
    fn a_follower_never_claims_what_it_does_not_have_and_heals(events in events()) {
        let mut store = Store::default();
        let mut follower = Follower::new(Store::view());
        let mut wire: Vec<Message> = Vec::new();
        let mut snapshots = vec![store.snapshot()];
        let mut sent = 0;
        for event in events {
            match event {
                Event::Revoke(name) => store.revoke(&format!("t{name}")),
                Event::Tick(millis) => store.tick(millis.into()),
                Event::SendFrame if sent < store.rows.len() => {
                    wire.push(Message::Frame(store.frame(sent)));
                    sent = store.rows.len();
                }
                Event::SendPart(count) if sent < store.rows.len() => {
                    let to = store.rows.len().min(sent.saturating_add(count));
                    wire.push(Message::Frame(store.frame_of(sent, to)));
                    sent = to;
                }
                Event::SendHeartbeat => wire.push(Message::Heartbeat(store.heartbeat())),
                Event::Deliver(index) if index < wire.len() => {
                    deliver(&mut follower, &wire.remove(index));
                }
                Event::Drop(index) if index < wire.len() => drop(wire.remove(index)),
                Event::Repeat(index) if index < wire.len() => {
                    deliver(&mut follower, &wire[index].clone());
                }
                Event::Snapshot => snapshots.push(store.snapshot()),
                Event::DeliverSnapshot if follower.position().is_none() => {
                    follower.on_snapshot(snapshots.last().unwrap().clone()).ok();
                }
                _ => {}
            }
            store.check_honesty(&follower)?;
        }
        heal(&mut store, &mut follower);
        store.check_honesty(&follower)?;
        prop_assert_eq!(follower.view().as_of(), Some(store.now));
        let mut model = store.follower();
        deliver(&mut model, &Message::Heartbeat(store.heartbeat()));
        prop_assert_eq!(follower.view().len(), model.view().len());
    }
}

fn deliver(follower: &mut Follower, message: &Message) {
    match message {
        Message::Frame(frame) => follower.on_frame(frame).ok(),
        Message::Heartbeat(heartbeat) => follower.on_heartbeat(heartbeat).ok(),
    };
}

/// What every client does: a snapshot if needed, then what is missing, then a heartbeat.
fn heal(store: &mut Store, follower: &mut Follower) {
    store.tick(1);
    if follower.on_heartbeat(&store.heartbeat()).is_err() {
        follower.on_snapshot(store.snapshot()).unwrap();
    }
}

#[derive(Default)]
struct Store {
    now: UnixTime,
    rows: Vec<Revocation>,
}

impl Store {
    fn tick(&mut self, millis: u64) {
        self.now = self.now.saturating_add(Duration::from_millis(millis));
    }

    fn revoke(&mut self, jti: &str) {
        let new = NewRevocation {
            audience: None,
            scope: Scope::Jti(Jti::new(jti).unwrap()),
            ends_at: self.now.saturating_add(Duration::from_millis(LIFE_MS)),
            at: self.now,
            reason: None,
            by: "test".to_owned(),
        };
        let seq = Seq::new(u64::try_from(self.rows.len()).unwrap()).next();
        self.rows.push(Revocation::committed(seq, new));
        // Nothing is revoked in the very millisecond in which the store is read next.
        self.tick(1);
    }

    fn head(&self) -> Seq {
        self.rows.last().map_or(Seq::ZERO, |row| row.seq)
    }

    fn snapshot(&self) -> Snapshot {
        let live = self.rows.iter().filter(|row| row.ends_at > self.now);
        Snapshot::of(&audience(), self.head(), self.now, &prints(), live)
    }

    fn frame(&self, after: usize) -> Frame {
        self.frame_of(after, self.rows.len())
    }

    fn frame_of(&self, after: usize, to: usize) -> Frame {
        let last = after.checked_sub(1).map_or(Seq::ZERO, |last| self.rows[last].seq);
        let rows = &self.rows[after..to];
        let seq_to = rows.last().unwrap().seq;
        Frame::of(&audience(), last, seq_to, self.now, &prints(), rows)
    }

    fn heartbeat(&self) -> Heartbeat {
        Heartbeat::new(self.head(), self.now)
    }

    fn view() -> Arc<View> {
        let when_stale = WhenStale::Refuse;
        let max_staleness = Duration::from_secs(10);
        let policy = FreshnessPolicy { max_staleness, clock_error: CLOCK_ERROR, when_stale };
        Arc::new(View::following(audience(), policy))
    }

    fn follower(&self) -> Follower {
        let mut follower = Follower::new(Self::view());
        follower.on_snapshot(self.snapshot()).unwrap();
        follower
    }

    fn knows(&self, follower: &Follower, jti: &str) -> bool {
        let token_id = Jti::new(jti).unwrap();
        let subject = Subject::new("u1").unwrap();
        let facts = Facts {
            token_id: &token_id,
            session_id: None,
            subject: &subject,
            token_version: None,
            issued_at: self.now,
            key_id: None,
        };
        follower.view().check_facts(&facts).is_some()
    }

    fn check_honesty(&self, follower: &Follower) -> Result<(), TestCaseError> {
        let Some(as_of) = follower.view().as_of() else { return Ok(()) };
        prop_assert!(as_of <= self.now);
        for row in self.rows.iter().filter(|row| row.at < as_of && row.ends_at > self.now) {
            let Scope::Jti(jti) = &row.scope else { continue };
            prop_assert!(
                self.knows(follower, jti.as_str()),
                "{} is not known as of {as_of}",
                row.seq
            );
        }
        Ok(())
    }
}

const CLOCK_ERROR: Duration = Duration::from_secs(2);
const LIFE_MS: u64 = 300_000;

fn prints() -> Fingerprints {
    Fingerprints::new(Secret256::from_bytes([7; 32]))
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}
