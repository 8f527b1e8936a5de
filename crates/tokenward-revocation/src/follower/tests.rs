use super::*;
use crate::{NeedSnapshot, Why};

mod attacks;
mod honest;
mod store;

use store::{CLOCK_ERROR, LIFE_MS, Store, new_follower};

#[test]
fn frames_and_heartbeats_that_continue_are_applied() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.revoke("t1");

    assert_eq!(follower.on_frame(&store.frame()), Ok(Progress::Applied));
    assert!(store.knows(&follower, "t1"));
    store.tick(900);
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), Ok(Progress::Applied));
    assert_eq!(follower.view().as_of(), Some(store.now));
    assert_eq!(follower.position(), Some(Seq::new(1)));
}

#[test]
fn nothing_is_followed_before_a_snapshot() {
    let mut store = Store::default();
    let mut follower = new_follower();

    let start = Err(NeedSnapshot { why: Why::Start });
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), start);
    assert_eq!(follower.view().as_of(), None);
}

#[test]
fn the_first_frame_of_a_chain_may_begin_anywhere() {
    let mut store = Store::default();
    store.revoke("t1");
    store.revoke("t2");
    let mut follower = store.follower();
    assert_eq!(follower.position(), Some(Seq::new(2)));
    store.revoke("t3");

    assert_eq!(follower.on_frame(&store.frame()), Ok(Progress::Applied));
}

#[test]
fn a_gap_is_noticed_by_a_frame_and_by_a_heartbeat() {
    let mut store = Store::default();
    let (mut first, mut second) = (store.follower(), store.follower());
    store.revoke("t1");
    store.frame();
    store.revoke("t2");
    let frame = store.frame();
    store.tick(10);

    let gap = Err(NeedSnapshot { why: Why::Gap });
    assert_eq!(first.on_frame(&frame), gap);
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
    let first = store.frame();
    store.revoke("t2");
    follower.on_frame(&store.frame()).unwrap_err();
    store.tick(10);

    assert!(follower.on_frame(&first).is_err());
    assert!(follower.on_heartbeat(&store.heartbeat()).is_err());
    assert_eq!(follower.view().as_of(), synced_at);

    follower.on_snapshot(&store.snapshot()).unwrap();
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
    let frame = store.frame();
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
    let first = store.frame();
    store.revoke("t2");
    store.tick(10);

    follower.on_frame(&first).unwrap();

    assert_eq!(follower.view().as_of(), synced_at);
}

#[test]
fn the_key_set_is_the_one_that_the_last_heartbeat_told() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.tick(1);
    store.keys = "one".to_owned();
    let late = store.heartbeat();
    store.tick(1);
    store.keys = "two".to_owned();

    follower.on_heartbeat(&store.heartbeat()).unwrap();
    follower.on_heartbeat(&late).unwrap();

    assert_eq!(follower.key_set_digest(), Some("two"));
}

#[test]
fn a_clock_that_goes_back_far_needs_a_snapshot_and_a_little_only_ages_us() {
    let mut store = Store::default();
    store.tick(60_000);
    let mut follower = store.follower();
    let synced_at = follower.view().as_of();

    store.now = store.now.saturating_sub(CLOCK_ERROR);
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), Ok(Progress::Nothing));
    store.now = store.now.saturating_sub(std::time::Duration::from_millis(1));
    let back = Err(NeedSnapshot { why: Why::TimeWentBack });
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), back);
    assert_eq!(follower.view().as_of(), synced_at);

    follower.on_snapshot(&store.snapshot()).unwrap();
    assert_eq!(follower.view().as_of(), Some(store.now));
}

#[test]
fn what_has_ended_by_the_feeds_clock_is_forgotten() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.revoke("t1");
    follower.on_frame(&store.frame()).unwrap();
    assert_eq!(follower.view().len(), 1);

    store.tick(LIFE_MS + 60_000);
    follower.on_heartbeat(&store.heartbeat()).unwrap();

    assert!(follower.view().is_empty());
}

#[test]
fn who_asks_for_frames_that_were_forgotten_needs_a_snapshot() {
    let mut store = Store::default();
    let mut follower = store.follower();

    assert_eq!(follower.on_forgotten(), NeedSnapshot { why: Why::Forgotten });
    assert_eq!(follower.position(), None);
    follower.on_snapshot(&store.snapshot()).unwrap();
    assert_eq!(follower.position(), Some(Seq::ZERO));
}
