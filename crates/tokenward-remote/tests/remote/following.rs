//! A remote verifier against a real server: what is lost, late, repeated or out of order heals, and
//! ages are right meanwhile.

use std::fs;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use crate::authority::{Authority, Verdict, new_key, until};
use tokenward_remote::FeedOptions;

#[tokio::test]
async fn a_revocation_refuses_as_soon_as_its_frame_is_there() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let (revoked, other) = (state.token("t1"), state.token("t2"));
    assert_eq!(state.verdict(&remote, &revoked), Verdict::Good);

    state.revoke("t1");
    state.send(&state.frame());

    until("revoked", || state.verdict(&remote, &revoked) == Verdict::Rejected).await;
    assert_eq!(state.verdict(&remote, &other), Verdict::Good);
    assert_eq!(state.snapshots.load(SeqCst), 1);
}

#[tokio::test]
async fn what_was_revoked_before_it_started_is_refused() {
    let authority = Authority::start().await;
    let state = &authority.state;
    state.revoke("t1");

    let remote = authority.connect().await;

    assert_eq!(state.verdict(&remote, &state.token("t1")), Verdict::Rejected);
    assert_eq!(remote.status().revocations, 1);
}

#[tokio::test]
async fn a_stream_that_breaks_is_taken_up_where_it_ended() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.revoke("t1");
    state.send(&state.frame());
    until("frame", || remote.status().revocations == 1).await;

    state.break_streams();
    state.revoke("t2");

    let token = state.token("t2");
    until("revoked", || state.verdict(&remote, &token) == Verdict::Rejected).await;
    assert_eq!(*state.last_event_id.lock().unwrap(), "1");
    assert_eq!(state.snapshots.load(SeqCst), 1);
}

#[tokio::test]
async fn a_lost_frame_is_noticed_by_the_next_message_and_healed_by_a_snapshot() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.revoke("t1");
    state.frame();
    state.revoke("t2");

    state.send(&state.frame());

    let lost = state.token("t1");
    until("healed", || state.verdict(&remote, &lost) == Verdict::Rejected).await;
    until("following again", || remote.status().following).await;
    assert_eq!(state.snapshots.load(SeqCst), 2);
}

#[tokio::test]
async fn frames_out_of_order_heal() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.revoke("t1");
    let first = state.frame();
    state.revoke("t2");
    let second = state.frame();

    state.send(&second);
    state.send(&first);

    until("healed", || remote.status().revocations == 2 && remote.status().following).await;
    assert_eq!(remote.status().unavailable, None);
}

#[tokio::test]
async fn a_repeated_frame_changes_nothing() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.revoke("t1");
    let frame = state.frame();

    for _ in 0..3 {
        state.send(&frame);
    }
    state.advance(Duration::from_secs(1));
    state.send(&state.heartbeat());

    let age = Some(Duration::from_secs(2));
    until("fresh", || remote.status().feed_age == age).await;
    assert_eq!(state.snapshots.load(SeqCst), 1);
}

#[tokio::test]
async fn the_age_counts_from_the_authoritys_time_however_late_a_message_comes() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let token = state.token("t1");
    state.advance(Duration::from_secs(3));
    let late = state.heartbeat();
    state.advance(Duration::from_secs(6));
    assert_eq!(state.verdict(&remote, &token), Verdict::Unavailable);

    state.send(&late);

    // Three seconds of the nine were on the authority's side; two are the clocks'.
    until("aged", || remote.status().feed_age == Some(Duration::from_secs(8))).await;
    assert_eq!(state.verdict(&remote, &token), Verdict::Good);
}

#[tokio::test]
async fn a_silent_feed_makes_it_unavailable_and_a_heartbeat_mends_that() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let token = state.token("t1");

    state.advance(Duration::from_secs(8));
    assert_eq!(state.verdict(&remote, &token), Verdict::Good);
    state.advance(Duration::from_millis(1));
    assert_eq!(state.verdict(&remote, &token), Verdict::Unavailable);

    state.send(&state.heartbeat());
    until("fresh", || state.verdict(&remote, &token) == Verdict::Good).await;
}

#[tokio::test]
async fn a_connection_that_hangs_is_given_up() {
    let authority = Authority::start().await;
    let mut options = FeedOptions::default();
    options.silence = Duration::from_millis(50);
    let remote = authority.remote(&authority.config().feed(options));
    let state = &authority.state;
    remote.ready().await;
    state.greets.store(false, SeqCst);

    // Comments keep a connection alive, and prove nothing.
    until("given up", || {
        state.send(": still here\n\n");
        state.opened.load(SeqCst) > 2
    })
    .await;
}

#[tokio::test]
async fn a_heartbeat_that_comes_again_and_again_keeps_no_stream_alive() {
    let authority = Authority::start().await;
    let mut options = FeedOptions::default();
    options.silence = Duration::from_millis(500);
    let remote = authority.remote(&authority.config().feed(options));
    let state = &authority.state;
    remote.ready().await;
    state.greets.store(false, SeqCst);
    let old = state.heartbeat();

    until("given up", || {
        state.send(&old);
        state.opened.load(SeqCst) > 2
    })
    .await;
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_is_no_reason_not_to_follow() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    // It is in the way of the file, so the journal is always as if it were too long.
    fs::create_dir(folder.path().join("api.feed")).unwrap();
    let state = &authority.state;
    let remote = authority.remote(&authority.config().state(folder.path()));
    until("following", || remote.status().following).await;

    state.without_snapshots.store(true, SeqCst);
    state.break_streams();
    state.revoke("t1");

    let token = state.token("t1");
    until("revoked", || state.verdict(&remote, &token) == Verdict::Rejected).await;
}

#[test]
fn a_snapshot_takes_a_set_of_whatever_size() {
    // Of subjects a set can hold twelve million and a half, each of 36 bytes.
    assert!(FeedOptions::default().snapshot_bytes > 12_582_912 * 36 + 65_536 * 4_110);
}

#[tokio::test]
async fn an_authority_that_is_down_is_borne_until_the_age_is_too_high() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let token = state.token("t1");

    state.down.store(true, SeqCst);
    state.break_streams();
    until("lost", || remote.status().feed_error.is_some()).await;
    assert_eq!(state.verdict(&remote, &token), Verdict::Good);
    state.advance(Duration::from_secs(9));
    assert_eq!(state.verdict(&remote, &token), Verdict::Unavailable);

    state.down.store(false, SeqCst);
    until("mended", || state.verdict(&remote, &token) == Verdict::Good).await;
}

#[tokio::test]
async fn a_store_that_was_set_back_is_noticed() {
    let authority = Authority::start().await;
    let state = &authority.state;
    state.revoke("t1");
    let remote = authority.connect().await;

    state.forget_everything();
    state.advance(Duration::from_secs(1));
    state.revoke("t2");
    state.send(&state.frame());

    let token = state.token("t2");
    until("revoked", || state.verdict(&remote, &token) == Verdict::Rejected).await;
    until("snapshot", || state.snapshots.load(SeqCst) == 2).await;
}

#[tokio::test]
async fn nonsense_on_the_stream_is_answered_by_a_snapshot() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;

    for nonsense in ["event: frame\ndata: {}\n\n", "event: heartbeat\ndata: [\n\n"] {
        let before = state.snapshots.load(SeqCst);
        state.send(nonsense);
        until("snapshot", || state.snapshots.load(SeqCst) == before.saturating_add(1)).await;
        until("following again", || remote.status().following).await;
    }
}

#[tokio::test]
async fn who_was_away_too_long_for_the_frames_that_are_kept_heals_by_a_snapshot() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.revoke("t1");
    state.send(&state.frame());
    until("frame", || remote.status().revocations == 1).await;

    state.down.store(true, SeqCst);
    state.break_streams();
    state.revoke("t2");
    state.frame();
    state.revoke("t3");
    state.frame();
    state.forget_frames();
    state.down.store(false, SeqCst);

    let token = state.token("t2");
    until("healed", || state.verdict(&remote, &token) == Verdict::Rejected).await;
    assert_eq!(state.snapshots.load(SeqCst), 2);
}

#[tokio::test]
async fn a_pinned_feed_key_is_not_replaced_by_whoever_answers() {
    let authority = Authority::start().await;
    let state = &authority.state;
    let pinned = new_key().verifying_key().clone();
    let remote = authority.remote(&authority.config().feed_keys([pinned]));

    until("tried twice", || state.snapshots.load(SeqCst) > 1).await;

    assert_eq!(state.verdict(&remote, &state.token("t1")), Verdict::Unavailable);
    let error = remote.status().feed_error.unwrap();
    assert!(error.contains("pin the new one"), "{error}");
}

#[tokio::test]
async fn a_pinned_feed_key_that_signs_is_followed() {
    let authority = Authority::start().await;
    let state = &authority.state;
    let other = new_key().verifying_key().clone();
    let own = state.signer.public_keys().next().unwrap().clone();

    let remote = authority.remote(&authority.config().feed_keys([other, own]));

    until("good", || state.verdict(&remote, &state.token("t1")) == Verdict::Good).await;
}

#[tokio::test]
async fn it_starts_with_what_it_knew_and_goes_on_where_it_was() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    let config = authority.config().state(folder.path());
    let state = &authority.state;
    state.revoke("t1");
    let remote = authority.remote(&config);
    until("following", || remote.status().following).await;
    drop(remote);
    until("gone", || !state.has_listeners()).await;
    state.revoke("t2");

    let again = authority.remote(&config);

    until("t2", || state.verdict(&again, &state.token("t2")) == Verdict::Rejected).await;
    assert_eq!(state.verdict(&again, &state.token("t1")), Verdict::Rejected);
    assert_eq!(state.snapshots.load(SeqCst), 1);
    assert_eq!(*state.last_event_id.lock().unwrap(), "1");
}

#[tokio::test]
async fn what_was_kept_is_as_old_as_it_is() {
    let (authority, folder) = (Authority::start().await, tempfile::tempdir().unwrap());
    let config = authority.config().state(folder.path());
    let state = &authority.state;
    state.revoke("t1");
    let remote = authority.remote(&config);
    until("following", || remote.status().following).await;
    drop(remote);
    until("gone", || !state.has_listeners()).await;
    state.down.store(true, SeqCst);
    state.advance(Duration::from_secs(60));

    let again = authority.remote(&config);

    // Two seconds are the clocks'.
    until("restored", || again.status().feed_age == Some(Duration::from_secs(62))).await;
    assert_eq!(state.verdict(&again, &state.token("t9")), Verdict::Unavailable);
}

#[tokio::test]
async fn the_age_is_part_of_the_verdict() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    state.advance(Duration::from_secs(3));

    let judged = remote.verifier().verify(&state.token("t1"), state.now()).unwrap();

    // Two seconds are the clocks'.
    assert_eq!(judged.revocation_age(), Some(Duration::from_secs(5)));
}

#[tokio::test]
async fn a_heartbeat_of_the_future_gives_no_freshness_for_later() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    let state = &authority.state;
    let token = state.token("t1");

    let hours_ahead = state.now().saturating_add(Duration::from_secs(7_200));
    state.send(&state.heartbeat_at(hours_ahead));

    until("refused", || state.verdict(&remote, &token) == Verdict::Unavailable).await;
    assert_eq!(remote.status().feed_age, None);
}

#[tokio::test]
async fn dropping_it_ends_its_tasks() {
    let authority = Authority::start().await;
    let remote = authority.connect().await;
    until("listening", || authority.state.has_listeners()).await;

    drop(remote);

    until("gone", || !authority.state.has_listeners()).await;
}
