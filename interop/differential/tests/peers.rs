//! The peers are asked under the policy that we have: each refuses what only the policy forbids.

use tokenward::Algorithm;
use tokenward_differential::{
    Accept, Context, KeyRing, Keys, Question, Time, change, now, peer, token,
};

#[test]
fn every_peer_refuses_another_key_issuer_or_audience_and_other_times() {
    let ring = KeyRing::generate(&Algorithm::ALL);
    let mut peers = peer::all();
    for keys in ring.iter() {
        for name in [
            "signed by a stranger: of the same algorithm",
            r#"iss: iss is "https://auth.example.com""#,
            "claim missing: iss",
            r#"aud: aud is "other""#,
            "claim missing: aud",
            "time near or far: exp 60 s ago",
            "claim missing: exp",
            "time near or far: nbf in 60 s",
            "claim missing: sub",
        ] {
            let (token, time) = with(&ring, keys, name);
            let question = question(keys, &token, time);
            for peer in &mut peers {
                let answer = peer.verify(&question);
                assert!(!answer.is_accepted(), "{}, {}, {name}", peer.name(), keys.algorithm);
            }
        }
    }
}

#[test]
fn every_peer_takes_the_time_that_it_is_told_or_none() {
    let ring = KeyRing::generate(&[Algorithm::Es256]);
    let keys = ring.iter().next().expect("keys");
    let old = 1_000_000;
    let token = token(&Context { keys, ring: &ring, now: old }, &[]);
    for peer in &mut peer::all() {
        let answer = peer.verify(&question(keys, &token, Time::Fixed(old)));
        assert!(answer.is_accepted(), "{}: {answer:?}", peer.name());
        assert!(!peer.verify(&question(keys, &token, Time::Live(now()))).is_accepted());
    }
}

fn with(ring: &KeyRing, keys: &Keys, name: &str) -> (String, Time) {
    let now = now();
    (token(&Context { keys, ring, now }, &[change::named(name)]), Time::Live(now))
}

fn question<'a>(keys: &'a Keys, token: &'a str, time: Time) -> Question<'a> {
    let (algorithm, jwk) = (keys.algorithm, &keys.jwk);
    Question { token, algorithm, jwk, accept: Accept::AnyJwt, time }
}
