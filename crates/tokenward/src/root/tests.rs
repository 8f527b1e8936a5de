use super::*;
use crate::{Algorithm, IssuerId, KeySet, KeySetVersion, SigningKey, StatementRequest};

#[test]
fn holders_sign_in_turn_and_the_last_one_makes_it_count() {
    let [a, b, _] = holders();
    let mut chain = RootChain::init(&new_root(&[&a, &b], 2)).unwrap();
    assert_eq!(
        chain.verified().unwrap_err().to_string(),
        "the root has 0 of the 2 signatures that it needs"
    );

    chain.sign(&a).unwrap();
    let mut chain = over_the_wire(&chain);
    assert!(PinnedRoot::parse(chain.to_json().as_bytes()).is_err());

    chain.sign(&b).unwrap();
    assert_eq!(PinnedRoot::parse(chain.to_json().as_bytes()).unwrap().root().version(), 1);
}

#[test]
fn who_signs_twice_counts_once() {
    let [a, b, _] = holders();
    let mut chain = RootChain::init(&new_root(&[&a, &b], 2)).unwrap();
    chain.sign(&a).unwrap();
    chain.sign(&a).unwrap();

    assert_eq!(chain.root_signatures().unwrap()[0].by.len(), 1);
}

#[test]
fn a_stranger_signs_nothing() {
    let [a, b, stranger] = holders();
    let mut chain = RootChain::init(&new_root(&[&a, &b], 1)).unwrap();
    assert_eq!(chain.sign(&stranger), Err(RootError::NotARootKey));

    let named = stranger.with_key_id(a.key_id().unwrap().clone());
    assert_eq!(chain.sign(&named), Err(RootError::NotARootKey));
}

#[test]
fn a_root_that_is_not_signed_yet_neither_rotates_nor_delegates() {
    let [a, b, c] = holders();
    let chain = RootChain::init(&new_root(&[&a, &b], 2)).unwrap();

    assert!(matches!(chain.rotate(&new_root(&[&c], 1)), Err(RootError::Unsigned { .. })));
    assert!(matches!(chain.delegate(&new_delegation(&c)), Err(RootError::Unsigned { .. })));
}

#[test]
fn a_rotation_takes_the_delegation_away() {
    let [a, b, c] = holders();
    let chain = delegated_by(&a, &b);
    let pinned = PinnedRoot::parse(chain.to_json().as_bytes()).unwrap();

    let mut rotated = chain.rotate(&new_root(&[&c], 1)).unwrap();
    rotated.sign(&a).unwrap();
    rotated.sign(&c).unwrap();

    let seen = TrustState::default();
    let refused = pinned.delegate_of(&rotated, &issuer(), &seen, NOW).unwrap_err();
    assert_eq!(refused, Distrust::NoDelegation);
}

#[test]
fn no_byte_of_the_chain_may_change() {
    let [a, b, _] = holders();
    let chain = delegated_by(&a, &b);
    let pinned = PinnedRoot::parse(chain.to_json().as_bytes()).unwrap();
    let text = chain.to_json();
    let statement = statement_of(&b, 1);
    let verify = |chain: &[u8]| {
        pinned.verify(chain, &statement, &issuer(), &TrustState::default(), NOW).map(drop)
    };
    assert_eq!(verify(text.as_bytes()), Ok(()));

    // From the delegation on: the root before it is the pinned one, which is not read again.
    let begin = text.find(r#""delegation""#).unwrap();
    let end = text.find(r#""roots""#).unwrap();
    for at in begin..end.max(begin) {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(verify(&changed).is_err(), "{}", String::from_utf8_lossy(&changed));
    }
}

#[test]
fn what_was_verified_ends_with_the_first_of_its_links() {
    let [a, b, _] = holders();
    let chain = delegated_by(&a, &b).to_json();
    let pinned = PinnedRoot::parse(chain.as_bytes()).unwrap();
    let late = NOW.saturating_add(DAY.saturating_mul(90)).saturating_sub(Duration::from_secs(60));
    let statement = statement_at(&b, 1, late);

    let trusted =
        pinned.verify(chain.as_bytes(), &statement, &issuer(), &TrustState::default(), late);
    assert_eq!(trusted.unwrap().expires_at(), NOW.saturating_add(DAY.saturating_mul(90)));
}

#[test]
fn what_was_seen_is_remembered_over_a_restart() {
    let [a, b, _] = holders();
    let chain = delegated_by(&a, &b).to_json();
    let pinned = PinnedRoot::parse(chain.as_bytes()).unwrap();
    let verify = |version: u64, seen: &TrustState| {
        pinned.verify(chain.as_bytes(), &statement_of(&b, version), &issuer(), seen, NOW)
    };
    let state = verify(7, &TrustState::default()).unwrap().state().clone();
    let kept = TrustState::parse(state.to_json().as_bytes()).unwrap();

    assert_eq!(kept, state);
    let older = verify(6, &kept).unwrap_err();
    assert_eq!(older, Distrust::Statement(crate::Reason::RolledBack));
}

#[test]
fn of_what_two_verifiers_have_seen_the_highest_counts() {
    let state = |root: u64, at: u64, signer: &str, version: u64| {
        let hash = crate::b64::encode(&[0; 32]);
        let text = format!(
            r#"{{"root":{root},"delegated_at":{at},"signer":"{signer}","version":{version},"hash":"{hash}"}}"#
        );
        TrustState::parse(text.as_bytes()).unwrap()
    };
    let cases = [
        (state(1, 5, "s", 8), state(1, 5, "s", 9), state(1, 5, "s", 9)),
        (state(2, 5, "s", 9), state(1, 6, "s", 7), state(2, 6, "s", 9)),
        // The signer before has used up its numbers.
        (state(1, 5, "leaked", 9_007_199_254_740_991), state(1, 6, "s", 7), state(1, 6, "s", 7)),
        (TrustState::default(), state(1, 5, "s", 9), state(1, 5, "s", 9)),
    ];
    for (one, other, both) in cases {
        assert_eq!(one.join(&other), both);
        assert_eq!(other.join(&one), both);
    }
}

#[test]
fn nobody_signs_on_top_of_what_is_not_signed() {
    let [a, b, c] = holders();
    let mut chain = RootChain::init(&new_root(&[&a], 1)).unwrap();
    chain.sign(&a).unwrap();
    let mut next = chain.rotate(&new_root(&[&b], 1)).unwrap();
    // A holder of the new root alone, and then the third: the old one has not agreed to the second.
    next.sign(&b).unwrap();
    let mut forged = RootChain { roots: next.roots.clone(), delegation: None };
    let third = RootChain::init(&new_root(&[&b, &c], 1)).unwrap();
    forged.roots.extend(third.roots);
    assert!(matches!(forged.sign(&b), Err(RootError::Unsigned { .. })));

    let mut skipped = chain.clone();
    skipped.roots.extend(chain.roots.clone());
    assert_eq!(skipped.sign(&a), Err(RootError::Gap));
    let mut rotated = delegated_by(&a, &c);
    next.sign(&a).unwrap();
    rotated.roots = next.roots;
    assert_eq!(rotated.sign(&b), Err(RootError::OtherRoot));
}

#[test]
fn a_statement_says_what_is_published_byte_for_byte() {
    let [a, b, _] = holders();
    let chain = delegated_by(&a, &b).to_json();
    let pinned = PinnedRoot::parse(chain.as_bytes()).unwrap();
    let seen = TrustState::default();
    let trusted =
        pinned.verify(chain.as_bytes(), &statement_of(&b, 1), &issuer(), &seen, NOW).unwrap();

    assert_eq!(trusted.statement().key_set_json(), key_set());
    assert_eq!(trusted.state().key_set(), KeySetVersion::of(1, &key_set()).as_ref());
}

#[test]
fn a_key_set_that_nobody_would_take_is_not_signed() {
    for key_set in ["{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AA"}]}"#, "[]"] {
        let issuer = issuer();
        let request = StatementRequest { key_set, ..request(&issuer, "", 1, NOW) };
        assert!(request.prepare(&kid(), Algorithm::Es256).is_err(), "{key_set}");
        assert_eq!(KeySetVersion::of(1, key_set), None);
    }
}

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn holders() -> [SigningKey; 3] {
    [(); 3].map(|()| SigningKey::generate(Algorithm::EdDsa))
}

fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example.com/audiences/api").unwrap()
}

fn kid() -> crate::KeyId {
    crate::KeyId::new("k").unwrap()
}

fn new_root(keys: &[&SigningKey], threshold: usize) -> NewRoot {
    let keys = keys.iter().map(|key| key.verifying_key().clone()).collect();
    NewRoot { threshold, keys, issued_at: NOW, lifetime: DAY.saturating_mul(365) }
}

fn new_delegation(signer: &SigningKey) -> NewDelegation {
    NewDelegation {
        signer: signer.verifying_key().clone(),
        issuers: vec![issuer()],
        algorithms: vec![Algorithm::EdDsa],
        issued_at: NOW,
        not_before: NOW,
        lifetime: DAY.saturating_mul(90),
    }
}

/// A root of one key, and its delegation to another.
fn delegated_by(root: &SigningKey, signer: &SigningKey) -> RootChain {
    let mut chain = RootChain::init(&new_root(&[root], 1)).unwrap();
    chain.sign(root).unwrap();
    let mut chain = chain.delegate(&new_delegation(signer)).unwrap();
    chain.sign(root).unwrap();
    chain
}

fn over_the_wire(chain: &RootChain) -> RootChain {
    RootChain::parse(chain.to_json().as_bytes()).unwrap()
}

/// RFC 8037 § A.2, the same each time.
fn key_set() -> String {
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    KeySet::from_keys([crate::VerifyingKey::from_jwk(jwk).unwrap()]).unwrap().to_json()
}

fn request<'a>(
    issuer: &'a IssuerId,
    key_set: &'a str,
    version: u64,
    issued_at: UnixTime,
) -> StatementRequest<'a> {
    StatementRequest { issuer, key_set, version, previous: None, issued_at, lifetime: DAY }
}

fn statement_of(signer: &SigningKey, version: u64) -> String {
    statement_at(signer, version, NOW)
}

fn statement_at(signer: &SigningKey, version: u64, now: UnixTime) -> String {
    let (issuer, key_set) = (issuer(), key_set());
    let unsigned = request(&issuer, &key_set, version, now)
        .prepare(signer.key_id().unwrap(), signer.algorithm())
        .unwrap();
    let signature = signer.sign(unsigned.signing_input()).unwrap();
    unsigned.assemble(&signature)
}
