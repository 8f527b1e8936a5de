use std::sync::{Arc, LazyLock};

use tokenward::{Algorithm, IssuerId, Jti, SigningKey, Subject};

use super::*;
use crate::feed::{FeedSigner, FeedTrust};
use crate::{Follower, NewRevocation, Scope, Seq};

#[test]
fn a_local_view_is_never_stale() {
    let view = View::local(audience());

    assert_eq!(view.fresh(UnixTime::NEVER), Ok(()));
    assert_eq!(view.age(UnixTime::NEVER), Some(Duration::ZERO));
}

#[test]
fn before_the_first_snapshot_nothing_is_judged_whatever_the_policy() {
    for when_stale in [WhenStale::Refuse, WhenStale::Accept] {
        let view = View::following(audience(), FreshnessPolicy { when_stale, ..POLICY });

        assert_eq!(view.fresh(at(0)), Err(Stale::NeverSynced));
        assert_eq!(view.age(at(0)), None);
    }
}

#[test]
fn the_age_counts_from_the_stores_time_and_holds_the_clock_error() {
    let view = synced(POLICY, at(100));

    assert_eq!(view.age(at(103)), Some(Duration::from_secs(5)));
    // Our clock may be behind the store's, within the error.
    assert_eq!(view.age(at(98)), Some(Duration::ZERO));
}

#[test]
fn past_max_staleness_it_refuses_and_a_heartbeat_mends_it() {
    let (view, mut follower) = following(POLICY, at(100));

    assert_eq!(view.fresh(at(108)), Ok(()));
    let now = UnixTime::from_millis(108_001);
    let age = Duration::from_millis(10_001);
    assert_eq!(view.fresh(now), Err(Stale::TooOld { age, limit: POLICY.max_staleness }));

    let heartbeat = SIGNER.heartbeat(Seq::ZERO, None, at(108), None).unwrap();
    follower.on_heartbeat(heartbeat.as_bytes()).unwrap();
    assert_eq!(view.fresh(now), Ok(()));
}

#[test]
fn a_policy_that_accepts_goes_on_and_still_tells_its_staleness() {
    let view = synced(FreshnessPolicy { when_stale: WhenStale::Accept, ..POLICY }, at(100));

    assert_eq!(view.fresh(at(500)), Ok(()));
    assert!(matches!(view.staleness(at(500)), Some(Stale::TooOld { .. })));
}

#[test]
fn a_feed_from_the_future_gives_no_freshness_to_live_on() {
    let view = synced(POLICY, at(3_700));

    let ahead = Duration::from_secs(3_600);
    assert_eq!(view.fresh(at(100)), Err(Stale::ClocksDisagree { ahead }));
    assert_eq!(view.age(at(100)), None);
}

#[test]
fn what_is_inserted_at_once_is_known_at_once() {
    let view = View::local(audience());
    let token_id = Jti::new("t1").unwrap();
    let subject = Subject::new("u1").unwrap();
    let new = NewRevocation {
        audience: None,
        scope: Scope::Jti(token_id.clone()),
        ends_at: at(60),
        at: at(0),
        reason: None,
        by: "test".to_owned(),
    };
    view.insert(&Revocation::committed(Seq::new(1), new));
    let facts = Facts {
        token_id: &token_id,
        session_id: None,
        subject: &subject,
        token_version: None,
        issued_at: at(0),
        key_id: None,
    };

    assert_eq!(view.check_facts(&facts), Some(RevokedBy::Jti));
    assert_eq!(view.expire(at(60)), 1);
    assert_eq!(view.check_facts(&facts), None);
}

const POLICY: FreshnessPolicy = FreshnessPolicy {
    max_staleness: Duration::from_secs(10),
    clock_error: Duration::from_secs(2),
    when_stale: WhenStale::Refuse,
};

fn synced(policy: FreshnessPolicy, time: UnixTime) -> Arc<View> {
    following(policy, time).0
}

static SIGNER: LazyLock<FeedSigner> = LazyLock::new(|| {
    let issuer = IssuerId::new("https://auth.example/audiences/api").unwrap();
    FeedSigner::new(issuer, SigningKey::generate(Algorithm::EdDsa), None).unwrap()
});

fn following(policy: FreshnessPolicy, time: UnixTime) -> (Arc<View>, Follower) {
    let view = Arc::new(View::following(audience(), policy));
    let mut follower = Follower::new(Arc::clone(&view), FeedTrust::told(SIGNER.issuer().clone()));
    let snapshot = SIGNER.snapshot(Seq::ZERO, None, time, &View::local(audience())).unwrap();
    follower.on_snapshot(&snapshot).unwrap();
    (view, follower)
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
