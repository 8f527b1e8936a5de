//! A set as bytes, from hands that may be hostile.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

use proptest::prelude::*;

use super::*;
use crate::feed::Fact;

#[test]
fn a_body_brings_everything() {
    let (set, fingerprints) = filled();
    let other = Set::new(Audience::new("api").unwrap(), Fingerprints::random());
    other.import(fingerprints, &set.export(), at(0)).unwrap();

    assert_eq!(other.len(), set.len());
    assert_eq!(other.export(), set.export());
    for place in places() {
        assert_eq!(check_id(&other, &place.name()), Some(RevokedBy::Jti));
    }
    let token = Token { id: jti("fine"), ..Token::default() };
    assert_eq!(other.check_facts(&token.facts()), Some(RevokedBy::Session));
}

#[test]
fn what_has_ended_is_left_out() {
    let (set, fingerprints) = filled();
    let other = Set::new(Audience::new("api").unwrap(), Fingerprints::random());
    other.import(fingerprints, &set.export(), at(960)).unwrap();

    assert!(other.is_empty(), "{}", other.len());
}

#[test]
fn a_body_that_is_not_right_changes_nothing() {
    let (set, fingerprints) = filled();
    let good = set.export();
    let memory = set.memory();
    let mut of_later_version = good.clone();
    of_later_version[5] = 2;
    let cases: [(&[u8], BadBody); 4] = [
        (b"", BadBody::UnknownVersion),
        (&of_later_version, BadBody::UnknownVersion),
        (&good[..good.len() - 1], BadBody::WrongLength),
        (&[good.as_slice(), b"\0"].concat(), BadBody::WrongLength),
    ];
    for (body, expected) in cases {
        assert_eq!(set.import(fingerprints.clone(), body, at(0)), Err(expected));
    }

    assert_eq!(set.export(), good);
    assert_eq!(set.memory(), memory);
}

#[test]
fn the_longest_body_has_room_for_the_most_of_everything() {
    let length = |scopes: Vec<Scope>| set_of(scopes).export().len();
    let empty = length(Vec::new());
    let subject = Scope::Version { subject: subject("u1"), below: version(4) };
    let [subject, session] =
        [subject, Scope::Session(session("s1"))].map(|one| length(vec![one]) - empty);
    // Twelve million and a half of each kind, and half of the pages that there are, full of bits.
    let (most, page) = (12_582_912, 4 + 2 + 2 + 4 + 2 + 4_096);

    assert_eq!(LONGEST, empty + most * (subject + 3 * session) + 65_536 * page);
}

#[test]
fn a_number_makes_no_room_for_what_is_not_there() {
    let set = new_set();
    let mut body = b"twset\x01".to_vec();
    body.extend_from_slice(&u32::MAX.to_be_bytes());

    assert_eq!(set.import(Fingerprints::random(), &body, at(0)), Err(BadBody::WrongLength));
    assert_eq!(set.memory(), 0);
}

/// Whoever may revoke can name a token on any page. What finds no page is revoked all the same.
#[test]
fn no_flood_of_pages_keeps_a_snapshot_out() {
    let place =
        |page: u32| DenseId { minute: 1 + (page >> 14), shard: 1, index: (page & 0x3fff) << 15 };
    let flooded = new_set();
    for page in 0..(1 << 16) + 3 {
        let fact = Fact::Jti(place(page).name());
        flooded.insert_item(&Item { seq: Seq::ZERO, ends_at: at(900), fact });
    }
    let body = flooded.export();

    flooded.import(flooded.fingerprints(), &body, at(0)).unwrap();

    assert!(!flooded.is_full());
    assert_eq!(flooded.len(), (1 << 16) + 3);
    assert_eq!(check_id(&flooded, &place(1 << 15).name()), Some(RevokedBy::Jti));
}

#[test]
fn an_empty_set_is_a_body_too() {
    let set = set_of([Scope::Jti(jti("t1"))]);
    set.import(Fingerprints::random(), &new_set().export(), at(0)).unwrap();

    assert!(set.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is taken is what is written again: no two bodies mean the same.
    #[test]
    fn bytes_that_were_tampered_with_are_refused_or_mean_what_they_say(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (set, fingerprints) = filled();
        let mut body = set.export();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if set.import(fingerprints, &body, at(0)).is_ok() {
            prop_assert_eq!(set.export(), body);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let set = new_set();
        let body = [b"twset\x01".as_slice(), &tail].concat();
        if set.import(Fingerprints::random(), &body, at(0)).is_ok() {
            prop_assert_eq!(set.export(), body);
        }
    }
}

/// One page that is nearly empty, and one that is full enough to be words.
fn places() -> Vec<DenseId> {
    let crowded = (0..2_050).map(|n| DenseId { minute: 9, shard: 2, index: n * 7 });
    let lonely = [3, 40_000].map(|index| DenseId { minute: 10, shard: 1, index });
    crowded.chain(lonely).collect()
}

fn filled() -> (Set, Fingerprints) {
    let fingerprints = Fingerprints::random();
    let set = Set::new(Audience::new("api").unwrap(), fingerprints.clone());
    let scopes = [
        Scope::Jti(jti("t9")),
        Scope::Session(session("s1")),
        Scope::Session(session("s9")),
        Scope::Key(key("k9")),
        Scope::Version { subject: subject("u9"), below: version(4) },
        Scope::Subject { subject: subject("u8"), version: None, issued_up_to: at(7) },
        Scope::Audience { issued_up_to: at(7) },
        Scope::Issuer { issued_up_to: at(8) },
    ];
    let ids = places().into_iter().map(|place| Scope::Jti(place.name()));
    for (seq, scope) in (1..).zip(ids.chain(scopes)) {
        set.insert(&revocation(seq, scope, at(960)));
    }
    (set, fingerprints)
}
