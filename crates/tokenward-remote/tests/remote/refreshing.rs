//! A key set of a foreign issuer, followed over a real server: fetched ahead of its age, never more
//! often than it should be, and through outages.

use std::time::Duration;

use http::StatusCode;
use tokenward_remote::{FetchCause, JwksVerifier, KeySetEvent};
use tokio::time::advance;

use crate::authority::{Verdict, new_key, reply};
use crate::issuer::{Issuer, json, key_set, next, next_after, pass, streamed};

#[tokio::test(start_paused = true)]
async fn a_key_set_is_all_that_a_foreign_issuers_tokens_need() {
    let issuer = Issuer::start().await;
    let (verifier, _) = issuer.verifier().await;

    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
    assert_eq!(issuer.verdict(&verifier, &issuer.token_by(&new_key())), Verdict::Rejected);
    assert_eq!(issuer.asked(), ["/jwks.json"]);
}

#[tokio::test(start_paused = true)]
async fn until_the_first_set_is_there_every_token_gets_the_same_answer() {
    let issuer = Issuer::start().await;
    issuer.fails();
    let verifier = JwksVerifier::start(issuer.source(), issuer.policy());
    let mut events = verifier.events();

    let KeySetEvent::Failed { serves_until: None, failures: 1, .. } = next(&mut events).await
    else {
        panic!("it cannot be fetched")
    };
    for token in [issuer.token(), "nonsense".to_owned()] {
        assert_eq!(issuer.verdict(&verifier, &token), Verdict::Unavailable);
    }
    issuer.publishes([&issuer.key]);
    next_after(secs(1), &mut events).await;

    verifier.ready().await;
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn who_wants_to_fail_early_is_told_what_is_in_the_way() {
    let issuer = Issuer::start().await;
    issuer.fails();

    let wait = secs(5);
    let connect = JwksVerifier::connect(issuer.source(), wait, issuer.policy());
    let time = async {
        // Past the first answer, and past the whole wait.
        issuer.was_asked(1).await;
        loop {
            advance(secs(1)).await;
        }
    };
    let error = tokio::select! {
        result = connect => result.unwrap_err(),
        () = time => unreachable!("it goes on for ever"),
    };

    let text = error.to_string();
    assert!(text.starts_with("no key set within 5.0 s: fetching the key set failed"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_set_is_fetched_ahead_of_its_age_though_nobody_asks() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;

    // Longer than the first set could serve by itself.
    for _ in 0..20 {
        let event = next_after(secs(225), &mut events).await;

        let KeySetEvent::Refreshed { cause, changed, age: Some(age), max_age, .. } = event else {
            panic!("{event:?}")
        };
        assert_eq!((cause, changed, max_age), (FetchCause::Due, false, secs(300)));
        assert!(age < max_age, "{age:?}");
        assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_hears_of_a_new_set_can_verify_with_it() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let newer = new_key();
    issuer.publishes([&issuer.key, &newer]);

    let event = next_after(secs(225), &mut events).await;

    assert!(matches!(event, KeySetEvent::Refreshed { changed: true, keys: 2, .. }), "{event:?}");
    assert_eq!(issuer.verdict(&verifier, &issuer.token_by(&newer)), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_set_keeps_its_very_keys() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let place = || verifier.keys().unwrap().keys().as_ptr();
    let before = place();

    next_after(secs(225), &mut events).await;
    assert_eq!(place(), before);

    issuer.publishes([&issuer.key, &new_key()]);
    next_after(secs(225), &mut events).await;
    assert_ne!(place(), before);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_gone_from_the_set_counts_no_more_also_for_tokens_that_were_good() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let token = issuer.token();
    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Good);
    issuer.publishes([&new_key()]);

    next_after(secs(225), &mut events).await;

    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Rejected);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_keys_causes_one_fetch_per_cooldown() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let strange = issuer.token_by(&new_key());

    for _ in 0..3 {
        for _ in 0..100 {
            assert_eq!(issuer.verdict(&verifier, &strange), Verdict::Rejected);
        }
        pass(secs(29)).await;
        let event = next_after(secs(1), &mut events).await;
        let KeySetEvent::Refreshed { cause: FetchCause::UnknownKey, .. } = event else {
            panic!("{event:?}")
        };
    }

    assert_eq!(issuer.pauses(), [secs(30), secs(30), secs(30)]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_causes_no_more_fetches_when_they_fail() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    issuer.fails();

    for failed in 1..=3 {
        // Each of them is a key that was never seen before.
        for _ in 0..20 {
            issuer.verdict(&verifier, &issuer.token_by(&new_key()));
        }
        pass(secs(29)).await;
        let event = next_after(secs(1), &mut events).await;
        let KeySetEvent::Failed { cause: FetchCause::UnknownKey, failures, .. } = event else {
            panic!("{event:?}")
        };
        assert_eq!(failures, failed);
    }

    assert_eq!(issuer.pauses(), [secs(30), secs(30), secs(30)]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_issuer_has_just_made_is_found_after_the_cooldown() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let newer = new_key();
    issuer.publishes([&newer]);
    let token = issuer.token_by(&newer);
    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Rejected);

    next_after(secs(30), &mut events).await;

    assert_eq!(issuer.verdict(&verifier, &token), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn while_a_fetch_is_under_way_no_other_begins() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let (body, answer) = streamed();
    let answer = std::sync::Mutex::new(Some(answer));
    issuer.answers(move |_| answer.lock().unwrap().take().expect("a second request"));
    advance(secs(225)).await;
    issuer.was_asked(2).await;

    for _ in 0..9 {
        issuer.verdict(&verifier, &issuer.token_by(&new_key()));
        advance(secs(1)).await;
    }
    body.send(key_set([&issuer.key])).unwrap();
    drop(body);

    assert!(matches!(next(&mut events).await, KeySetEvent::Refreshed { .. }));
    assert_eq!(issuer.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_good_set_outlives_an_outage_for_a_bounded_time() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;
    let fetched_at = issuer.now();
    issuer.fails();

    let event = next_after(secs(225), &mut events).await;
    let KeySetEvent::Failed { serves_until: Some(until), failures: 1, .. } = event else {
        panic!("{event:?}")
    };
    // The age of the set, and the outage that the options allow.
    assert_eq!(until, fetched_at.saturating_add(secs(300 + 3_600)));
    advance(until.since(issuer.now())).await;
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
    advance(Duration::from_millis(1)).await;
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Unavailable);

    advance(secs(1)).await;
    while !matches!(next(&mut events).await, KeySetEvent::Stale { since, .. } if since == until) {}
    issuer.publishes([&issuer.key]);
    let mut event = next_after(secs(30), &mut events).await;
    while matches!(event, KeySetEvent::Failed { .. }) {
        event = next_after(secs(30), &mut events).await;
    }
    let KeySetEvent::Recovered { was_stale: true, failures: 2.., .. } = event else {
        panic!("{event:?}")
    };
    assert!(matches!(next(&mut events).await, KeySetEvent::Refreshed { .. }));
    assert_eq!(issuer.verdict(&verifier, &issuer.token()), Verdict::Good);
}

#[tokio::test(start_paused = true)]
async fn that_a_set_is_too_old_is_told_while_the_server_only_keeps_us_waiting() {
    let issuer = Issuer::start().await;
    let (_verifier, mut events) = issuer.verifier().await;
    issuer.answers(|_| {
        let mut reply = reply(StatusCode::SERVICE_UNAVAILABLE, "", "");
        reply.headers_mut().insert("retry-after", "60".parse().unwrap());
        reply
    });
    // To just before its end, and on by less than what the server asks for.
    next_after(secs(3_899), &mut events).await;

    let event = next_after(secs(2), &mut events).await;

    assert!(matches!(event, KeySetEvent::Stale { .. }), "{event:?}");
    assert_eq!(issuer.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_is_left_alone_for_as_long_as_it_asks_within_reason() {
    let issuer = Issuer::start().await;
    let (_verifier, mut events) = issuer.verifier().await;
    for (asked, waited) in [("40", 40), ("86400", 60)] {
        issuer.answers(move |_| {
            let mut reply = reply(StatusCode::TOO_MANY_REQUESTS, "", "");
            reply.headers_mut().insert("retry-after", asked.parse().unwrap());
            reply
        });
        next_after(secs(225), &mut events).await;
        let before = issuer.pauses().len();

        pass(secs(waited - 1)).await;
        next_after(secs(1), &mut events).await;

        assert_eq!(issuer.pauses()[before..], [secs(waited)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_names_no_age_is_asked_every_few_minutes() {
    is_asked_every_few_minutes("").await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_nothing_kept_is_asked_every_few_minutes_too() {
    is_asked_every_few_minutes("no-cache, no-store, max-age=0, must-revalidate").await;
}

#[tokio::test(start_paused = true)]
async fn dropping_a_verifier_ends_its_task() {
    let issuer = Issuer::start().await;
    let (verifier, mut events) = issuer.verifier().await;

    drop(verifier);

    assert!(events.next().await.is_none());
}

async fn is_asked_every_few_minutes(cache_control: &'static str) {
    let issuer = Issuer::start().await;
    let body = key_set([&issuer.key]);
    issuer.answers(move |_| {
        let mut reply = json(&body);
        reply.headers_mut().insert("cache-control", cache_control.parse().unwrap());
        reply
    });
    let (_verifier, mut events) = issuer.verifier().await;

    pass(secs(179)).await;
    next_after(secs(46), &mut events).await;

    assert_eq!(issuer.pauses(), [secs(225)]);
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
