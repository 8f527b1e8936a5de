use std::time::Duration;

use super::*;
use crate::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeyId, Reason,
    SigningKey, Subject, TokenRequest,
};

#[test]
fn the_same_token_is_found_again() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");

    let first = cached.verify(&token, NOW).unwrap();
    let again = cached.verify(&token, NOW).unwrap();
    assert!(Arc::ptr_eq(&first, &again));
}

#[test]
fn a_token_that_differs_anywhere_is_another() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");
    cached.verify(&token, NOW).unwrap();

    // The tail, which leads to the place, stays the same for most of these.
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(bytes).unwrap();
        assert!(other == token || cached.verify(&other, NOW).is_err(), "{at}");
    }
}

#[test]
fn a_hit_is_judged_by_its_times_again() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");
    cached.verify(&token, NOW).unwrap();
    let reason = |now| *cached.verify(&token, UnixTime::from_secs(now)).unwrap_err().reason();

    assert!(cached.verify(&token, UnixTime::from_secs(1_000_304)).is_ok());
    assert_eq!(reason(1_000_305), Reason::Expired);
    assert_eq!(reason(999_994), Reason::IssuedInFuture);
}

#[test]
fn only_what_is_remembered_and_good_is_recalled() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");

    assert!(cached.recall(&token, NOW).is_none());
    let first = cached.verify(&token, NOW).unwrap();

    assert!(Arc::ptr_eq(&first, &cached.recall(&token, NOW).unwrap()));
    assert!(cached.recall(&token, UnixTime::from_secs(1_000_305)).is_none());
    assert!(cached.recall(token.get(1..).unwrap(), NOW).is_none());
}

#[test]
fn a_note_is_taken_once_and_comes_with_each_hit() {
    let (key, cached) = fixture();
    let cached =
        CachedVerifier::<AccessToken, u32>::new(cached.verifier().clone(), CacheSize::tokens(64));
    let token = token(&key, "u-1");

    let first = cached.verify_noting(&token, NOW, |_| 1).unwrap();
    let again = cached.verify_noting(&token, NOW, |_| 2).unwrap();
    assert_eq!((*first.note(), *again.note()), (1, 1));
    assert_eq!(*cached.recall(&token, NOW).unwrap().note(), 1);
}

#[test]
fn a_key_that_is_gone_takes_its_tokens_along() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");
    cached.verify(&token, NOW).unwrap();

    // Another key under the same name, and so the same header.
    let other = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k").unwrap());
    let keys = KeySet::from_keys([other.verifying_key().clone()]).unwrap();
    let reason = *cached.with_keys(keys).verify(&token, NOW).unwrap_err().reason();
    assert_eq!(reason, Reason::BadSignature);
}

#[test]
fn another_policy_remembers_nothing_of_this_one() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");
    cached.verify(&token, NOW).unwrap();

    let keys = cached.verifier().keys().clone();
    let other = Verifier::builder()
        .issuer(issuer_id())
        .audience(Audience::new("another-api").unwrap())
        .keys(keys)
        .build();
    let other = CachedVerifier::new(other, CacheSize::tokens(64));
    assert_eq!(*other.verify(&token, NOW).unwrap_err().reason(), Reason::WrongAudience);
}

#[test]
fn a_refused_token_is_not_remembered() {
    let (key, cached) = fixture();
    let token = token(&key, "u-1");

    let early = UnixTime::from_secs(900_000);
    assert!(cached.verify(&token, early).is_err());
    assert!(cached.cache.find(&token).is_none());
}

#[test]
fn it_remembers_no_more_than_it_was_told() {
    let (key, cached) = fixture();
    for number in 0..300 {
        cached.verify(&token(&key, &format!("u-{number}")), NOW).unwrap();
    }

    let kept = |set: &Mutex<Set<_, _>>| set.lock().unwrap().places.iter().flatten().count();
    let all: usize = cached.cache.sets.iter().map(kept).sum();
    assert!((1..=64).contains(&all), "{all}");
}

#[test]
fn an_expired_token_gives_up_its_place_first() {
    let (key, cached) = fixture();
    let later = UnixTime::from_secs(1_000_400);
    let old: Vec<_> = (0..200).map(|number| token(&key, &format!("u-{number}"))).collect();
    for token in &old {
        cached.verify(token, NOW).unwrap();
    }
    let new = issue(&key, "u-new", later);
    cached.verify(&new, later).unwrap();
    let second = issue(&key, "u-newer", later);
    cached.verify(&second, later).unwrap();

    assert!(cached.cache.find(&new).is_some() && cached.cache.find(&second).is_some());
}

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

fn fixture() -> (SigningKey, CachedVerifier) {
    let key = SigningKey::generate(Algorithm::Es256).with_key_id(KeyId::new("k").unwrap());
    let verifier = Verifier::builder()
        .issuer(issuer_id())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build();
    (key, CachedVerifier::new(verifier, CacheSize::tokens(64)))
}

fn token(key: &SigningKey, subject: &str) -> String {
    issue(key, subject, NOW)
}

fn issue(key: &SigningKey, subject: &str, now: UnixTime) -> String {
    let subject = Subject::new(subject).unwrap();
    let request = TokenRequest::new(subject, ClientId::new("web").unwrap(), Jti::random());
    issuer().issue(request, key, now).unwrap()
}

fn issuer() -> Issuer {
    Issuer::builder()
        .issuer(issuer_id())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .build()
}

fn issuer_id() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap()
}
