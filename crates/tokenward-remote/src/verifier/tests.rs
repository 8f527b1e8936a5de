use std::time::Duration;

use tokenward::{
    AccessLifetime, Algorithm, ClientId, Issuer, Jti, KeyId, SigningKey, Subject, TokenRequest,
    TokenVersion,
};
use tokenward_revocation::feed::{FeedSigner, FeedTrust};
use tokenward_revocation::{
    Follower, FreshnessPolicy, NewRevocation, Revocation, Scope, Seq, WhenStale,
};

use super::*;

#[test]
fn a_good_token_is_accepted_until_it_is_revoked() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");

    assert_eq!(verifier.verify(&token, NOW).unwrap().token_id().as_str(), "t1");
    verifier.view().insert(&revocation(1, Scope::Jti(Jti::new("t1").unwrap())));

    assert_eq!(reason(verifier.verify(&token, NOW)), Reason::Revoked);
    assert!(verifier.verify(&world.token("t2"), NOW).is_ok());
}

#[test]
fn a_token_that_was_accepted_is_not_checked_anew() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");

    let [first, second] = [(); 2].map(|()| verifier.verify(&token, NOW).unwrap());

    assert!(Arc::ptr_eq(&first.verified, &second.verified));
}

#[test]
fn what_is_remembered_is_recalled_only_while_the_token_is_good() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");
    assert!(verifier.recall(&token, NOW).is_none());

    let end = verifier.verify(&token, NOW).unwrap().expires_at();

    assert!(verifier.recall(&token, NOW).is_some());
    assert!(verifier.recall(&token, end.saturating_add(Verifier::MAX_LEEWAY)).is_none());
    verifier.view().insert(&revocation(1, Scope::Jti(Jti::new("t1").unwrap())));
    assert!(verifier.recall(&token, NOW).is_none());
}

#[test]
fn a_token_that_was_accepted_ends_when_it_says() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");
    let end = verifier.verify(&token, NOW).unwrap().expires_at();

    let later = end.saturating_add(Verifier::MAX_LEEWAY);
    assert_eq!(reason(verifier.verify(&token, later)), Reason::Expired);
}

#[test]
fn a_token_that_was_accepted_is_not_taken_by_a_stale_verifier() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");
    assert!(verifier.verify(&token, NOW).is_ok());

    verifier.keys_until.store(NOW.as_millis(), Ordering::Release);

    let later = NOW.saturating_add(Duration::from_millis(1));
    assert!(matches!(verifier.verify(&token, later), Err(Refusal::Unavailable(_))));
    assert!(verifier.recall(&token, later).is_none());
}

#[test]
fn an_older_token_version_is_refused_as_such() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let below = TokenVersion::new(4);
    let scope = Scope::Version { subject: Subject::new("u1").unwrap(), below };
    verifier.view().insert(&revocation(1, scope));

    assert_eq!(reason(verifier.verify(&world.token("t1"), NOW)), Reason::OldVersion);
}

#[test]
fn a_key_that_is_gone_counts_no_more_at_once() {
    let (world, other) = (World::new(), World::new());
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let token = world.token("t1");
    assert!(verifier.verify(&token, NOW).is_ok());

    verifier.swap_keys(other.keys());

    assert!(matches!(verifier.verify(&token, NOW), Err(Refusal::Rejected(_))));
    assert!(verifier.verify(&other.token("t2"), NOW).is_ok());
}

#[test]
fn a_stale_verifier_answers_every_token_alike() {
    let world = World::new();
    let view = Arc::new(View::following(audience(), POLICY));
    let verifier = LiveVerifier::new(world.verifier(), Arc::clone(&view));
    let tokens = [world.token("t1"), World::new().token("t1"), "nonsense".to_owned()];

    for token in &tokens {
        assert_eq!(
            verifier.verify(token, NOW).unwrap_err(),
            Refusal::Unavailable(Stale::NeverSynced)
        );
    }
    let issuer = IssuerId::new("https://auth.example/audiences/api").unwrap();
    let key = SigningKey::generate(Algorithm::EdDsa);
    let signer = FeedSigner::new(issuer.clone(), key, None).unwrap();
    let snapshot = signer.snapshot(Seq::ZERO, None, NOW, &View::local(audience())).unwrap();
    Follower::new(view, FeedTrust::told(issuer)).on_snapshot(&snapshot).unwrap();

    assert!(verifier.verify(&tokens[0], NOW).is_ok());
    assert!(matches!(verifier.verify(&tokens[2], NOW), Err(Refusal::Rejected(_))));
    let later = NOW.saturating_add(Duration::from_secs(11));
    assert!(matches!(verifier.verify(&tokens[2], later), Err(Refusal::Unavailable(_))));
}

#[test]
fn keys_that_are_too_old_judge_nothing() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    verifier.swap_keys_until(world.keys(), NOW);
    let token = world.token("t1");

    assert!(verifier.verify(&token, NOW).is_ok());
    let later = NOW.saturating_add(Duration::from_millis(1));
    let unavailable = Refusal::Unavailable(Stale::KeySetTooOld);
    assert_eq!(verifier.verify(&token, later).unwrap_err(), unavailable);
}

#[test]
fn an_unchanged_set_serves_longer_and_a_changed_one_in_its_place() {
    let (world, other) = (World::new(), World::new());
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let later = NOW.saturating_add(Duration::from_secs(60));
    let mut fetched = FetchedKeys {
        keys: other.keys(),
        digest: "d".to_owned(),
        changed: false,
        max_age: Duration::from_secs(30),
        fetched_at: NOW,
        serves_until: later,
    };

    verifier.swap_keys_until(world.keys(), NOW);
    verifier.take(&fetched);
    assert!(verifier.fresh(later).is_ok());
    assert!(verifier.verify(&world.token("t1"), NOW).is_ok());

    fetched.changed = true;
    verifier.take(&fetched);
    assert!(verifier.verify(&world.token("t1"), NOW).is_err());
    assert!(verifier.verify(&other.token("t1"), NOW).is_ok());
}

#[test]
fn a_refusal_says_nothing_about_the_token() {
    assert_eq!(Refusal::from(Rejected::from_reason(Reason::Revoked)).to_string(), "invalid token");
}

const NOW: UnixTime = UnixTime::from_secs(1_000);
const POLICY: FreshnessPolicy = FreshnessPolicy {
    max_staleness: Duration::from_secs(10),
    clock_error: Duration::ZERO,
    when_stale: WhenStale::Refuse,
};

#[test]
fn the_tokens_of_a_former_issuer_are_let_in_until_its_end_by_who_asks_for_them() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    let (old, end) = (former_token("old"), NOW.saturating_add(Duration::from_secs(60)));
    assert!(verifier.verify_former_too(&old, NOW).is_err());
    verifier.set_former(Some(former(end)));

    assert_eq!(verifier.verify_former_too(&old, NOW).unwrap().token_id().as_str(), "old");
    assert!(verifier.verify_former_too(&world.token("new"), NOW).is_ok());
    assert!(verifier.verify(&old, NOW).is_err(), "who does not ask does not get them");
    // The token itself is good for longer.
    assert!(verifier.verify_former_too(&old, end).is_err());
    verifier.set_former(None);
    assert!(verifier.verify_former_too(&old, NOW).is_err());
}

#[test]
fn a_token_of_a_former_issuer_is_revoked_as_any_other() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    verifier.set_former(Some(former(UnixTime::NEVER)));
    verifier.view().insert(&revocation(1, Scope::Jti(Jti::new("old").unwrap())));

    let refused = verifier.verify_former_too(&former_token("old"), NOW);
    assert_eq!(reason(refused), Reason::Revoked);
    assert!(verifier.verify_former_too(&former_token("other"), NOW).is_ok());
}

#[test]
fn the_reason_is_that_of_the_verifier_whose_token_it_is() {
    let world = World::new();
    let verifier = LiveVerifier::new(world.verifier(), Arc::new(View::local(audience())));
    verifier.set_former(Some(former(UnixTime::NEVER)));
    let late = NOW.saturating_add(Duration::from_secs(3_600));
    let asked = |token: &str| reason(verifier.verify_former_too(token, late));

    assert_eq!(asked(&world.token("new")), Reason::Expired);
    assert_eq!(asked(&former_token("old")), Reason::Expired);
}

fn former(until: UnixTime) -> Former {
    let keys = KeySet::from_keys([former_key().verifying_key().clone()]).unwrap();
    let verifier = Verifier::builder().issuer(former_issuer()).audience(audience()).keys(keys);
    Former { verifier: verifier.build(), until }
}

fn former_token(jti: &str) -> String {
    let lifetime = AccessLifetime::new(Duration::from_secs(300)).unwrap();
    let minter =
        Issuer::builder().issuer(former_issuer()).audience(audience()).lifetime(lifetime).build();
    let [subject, client] = ["u1", "app"];
    let request = TokenRequest::new(
        Subject::new(subject).unwrap(),
        ClientId::new(client).unwrap(),
        Jti::new(jti).unwrap(),
    );
    minter.issue(request, &former_key(), NOW).unwrap()
}

fn former_key() -> SigningKey {
    let secret = b"Zx4vN0qUuJ7mWb2RkC9tYp5LgHs8eDaF";
    SigningKey::from_secret(Algorithm::Hs256, secret).unwrap().with_key_id(KeyId::new("k").unwrap())
}

fn former_issuer() -> IssuerId {
    IssuerId::new("https://login.example.com").unwrap()
}

struct World {
    key: SigningKey,
}

impl World {
    fn new() -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa);
        let id = KeyId::new(key.verifying_key().thumbprint()).unwrap();
        Self { key: key.with_key_id(id) }
    }

    fn keys(&self) -> KeySet {
        KeySet::from_keys([self.key.verifying_key().clone()]).unwrap()
    }

    fn verifier(&self) -> Verifier {
        Verifier::builder().issuer(issuer()).audience(audience()).keys(self.keys()).build()
    }

    fn token(&self, jti: &str) -> String {
        let lifetime = AccessLifetime::new(Duration::from_secs(300)).unwrap();
        let minter =
            Issuer::builder().issuer(issuer()).audience(audience()).lifetime(lifetime).build();
        let request = TokenRequest::new(
            Subject::new("u1").unwrap(),
            ClientId::new("app").unwrap(),
            Jti::new(jti).unwrap(),
        )
        .token_version(TokenVersion::new(3));
        minter.issue(request, &self.key, NOW).unwrap()
    }
}

fn reason(result: Result<Judged, Refusal>) -> Reason {
    match result {
        Err(Refusal::Rejected(rejected)) => *rejected.reason(),
        other => panic!("{other:?} is no rejection"),
    }
}

fn revocation(seq: u64, scope: Scope) -> Revocation {
    let ends_at = NOW.saturating_add(Duration::from_secs(600));
    let (reason, by) = (None, "test".to_owned());
    let new = NewRevocation { audience: None, scope, ends_at, at: NOW, reason, by };
    Revocation::committed(Seq::new(seq), new)
}

fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example/audiences/api").unwrap()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}
