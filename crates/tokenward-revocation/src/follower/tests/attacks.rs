//! What a carrier, or whoever sits on one, may try.

use super::store::{Store, new_follower, signer_of};
use crate::{BadBody, NeedSnapshot, Progress, Why};

#[test]
fn a_message_that_was_changed_anywhere_is_noticed() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut probe = store.follower();
    store.revoke("t2");
    let good = store.frame();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;

        assert!(probe.on_frame(&bad).is_err(), "byte {at}");
    }
    assert!(!store.knows(&probe, "t2"));
    probe.on_snapshot(&store.snapshot()).unwrap();
    assert!(store.knows(&probe, "t2"));
}

#[test]
fn a_forged_message_changes_nothing_but_that_a_snapshot_is_needed() {
    let mut store = Store::default();
    let mut follower = store.follower();
    let thief = signer_of("api");
    store.revoke("t1");
    store.tick(1_000);
    let heartbeat = thief.heartbeat(crate::Seq::ZERO, None, store.now, None).unwrap();
    let synced_at = follower.view().as_of();

    let forged = Err(NeedSnapshot { why: Why::Forged });
    assert_eq!(follower.on_heartbeat(heartbeat.as_bytes()), forged);
    assert_eq!(follower.on_snapshot(&store.snapshot_by(&thief)), forged);
    assert_eq!(follower.on_frame(b"not even signed"), forged);
    assert_eq!(follower.on_frame(&[0xff]), forged);
    assert_eq!(follower.view().as_of(), synced_at);
}

#[test]
fn a_snapshot_that_is_signed_and_cannot_be_taken_says_why() {
    let mut store = Store::default();
    let mut follower = store.follower();

    let refused = follower.on_snapshot(&store.later_snapshot()).unwrap_err();

    assert_eq!(refused.why, Why::Body(BadBody::UnknownVersion));
    assert!(
        refused
            .to_string()
            .ends_with(": the body of the snapshot is of a version that is not known here")
    );
    assert_eq!(Why::Body(BadBody::TooLarge).as_str(), "too_large");
}

#[test]
fn a_message_of_another_kind_is_not_taken() {
    let mut store = Store::default();
    let mut follower = store.follower();
    store.revoke("t1");
    let frame = store.frame();

    let forged = Err(NeedSnapshot { why: Why::Forged });
    assert_eq!(follower.on_heartbeat(&frame), forged);
    assert!(!store.knows(&follower, "t1"));
}

#[test]
fn a_feed_of_another_audience_is_refused() {
    let mut store = Store::default();
    let other = signer_of("other");
    let mut follower = new_follower();
    let told = crate::feed::FeedTrust::told(super::store::issuer("api"));
    let mut unpinned = crate::Follower::new(follower.view().clone(), told);

    let snapshot = store.snapshot_by(&other);

    assert_eq!(unpinned.on_snapshot(&snapshot), Err(NeedSnapshot { why: Why::Foreign }));
    assert_eq!(follower.on_snapshot(&snapshot), Err(NeedSnapshot { why: Why::Forged }));
}

#[test]
fn a_snapshot_that_is_cut_short_anywhere_is_refused_and_what_was_known_stays() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut follower = store.follower();
    store.revoke("t2");
    store.tick(1);
    let snapshot = store.snapshot();

    for length in 0..snapshot.len() {
        assert!(follower.on_snapshot(&snapshot[..length]).is_err(), "{length} bytes");
    }
    let longer = [&snapshot[..], b" "].concat();
    assert_eq!(follower.on_snapshot(&longer), Err(NeedSnapshot { why: Why::CutShort }));
    assert!(store.knows(&follower, "t1") && !store.knows(&follower, "t2"));
    assert_eq!(follower.on_snapshot(&snapshot), Ok(Progress::Applied));
}

#[test]
fn an_old_snapshot_cannot_take_a_revocation_back() {
    let mut store = Store::default();
    let old = store.snapshot();
    store.revoke("t1");
    store.tick(10);
    let mut follower = store.follower();
    follower.on_frame(b"").unwrap_err();

    let result = follower.on_snapshot(&old);

    assert_eq!(result, Err(NeedSnapshot { why: Why::OldSnapshot }));
    assert!(store.knows(&follower, "t1"));
}

#[test]
fn an_old_heartbeat_gives_no_freshness() {
    let mut store = Store::default();
    let mut follower = store.follower();
    let old = store.heartbeat();
    store.tick(1_000);
    follower.on_heartbeat(&store.heartbeat()).unwrap();
    let known = follower.view().as_of();

    assert_eq!(follower.on_heartbeat(&old), Ok(Progress::Nothing));
    assert_eq!(follower.view().as_of(), known);
}

#[test]
fn a_frame_of_another_chain_with_the_same_numbers_is_a_fork() {
    let mut store = Store::default();
    let mut follower = store.follower();
    let mut other = store.clone();
    store.revoke("t1");
    other.tick(1);
    other.revoke("t1");
    follower.on_frame(&store.frame()).unwrap();

    let forked = Err(NeedSnapshot { why: Why::Forked });
    assert_eq!(follower.on_frame(&other.frame()), forked);
}

#[test]
fn a_frame_that_does_not_name_the_one_before_is_a_fork() {
    let mut store = Store::default();
    let mut other = store.clone();
    store.revoke("t1");
    other.tick(1);
    other.revoke("t1");
    other.frame();
    let mut follower = store.follower();
    other.revoke("t2");

    let forked = Err(NeedSnapshot { why: Why::Forked });
    assert_eq!(follower.on_frame(&other.frame()), forked);
    // What it says is refused all the same.
    assert!(other.knows(&follower, "t2"));
}

#[test]
fn a_heartbeat_of_another_chain_is_a_fork() {
    let mut store = Store::default();
    let mut other = store.clone();
    store.revoke("t1");
    other.tick(1);
    other.revoke("t1");
    let mut follower = store.follower();
    let synced_at = follower.view().as_of();
    other.tick(1_000);

    let forked = Err(NeedSnapshot { why: Why::Forked });
    assert_eq!(follower.on_heartbeat(&other.heartbeat()), forked);
    assert_eq!(follower.view().as_of(), synced_at);
}

#[test]
fn a_frame_that_overlaps_what_is_known_is_a_fork() {
    let mut store = Store::default();
    let mut other = store.clone();
    store.revoke("t1");
    let mut follower = store.follower();
    other.revoke("t1");
    other.revoke("t2");

    let forked = Err(NeedSnapshot { why: Why::Forked });
    assert_eq!(follower.on_frame(&other.frame()), forked);
}

#[test]
fn a_store_that_was_set_back_is_noticed_by_its_head() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut follower = store.follower();
    store.set_back(0);
    store.tick(10);

    let result = follower.on_heartbeat(&store.heartbeat());

    assert_eq!(result, Err(NeedSnapshot { why: Why::HeadWentBack }));
}

#[test]
fn a_store_that_was_set_back_is_noticed_though_it_has_gone_on_since() {
    let mut store = Store::default();
    store.revoke("t1");
    let mut follower = store.follower();
    store.set_back(0);
    store.revoke("t2");
    store.tick(10);

    let result = follower.on_frame(&store.frame());

    assert_eq!(result, Err(NeedSnapshot { why: Why::Forked }));
    assert!(store.knows(&follower, "t2"));
    follower.on_snapshot(&store.snapshot()).unwrap();
    assert_eq!(follower.on_heartbeat(&store.heartbeat()), Ok(Progress::Nothing));
}
