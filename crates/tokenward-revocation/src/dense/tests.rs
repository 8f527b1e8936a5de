#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn every_place_reads_back(minute: u32, shard: u16, index in 0..DenseId::INDICES) {
        let place = DenseId { minute, shard, index };

        prop_assert_eq!(DenseId::parse(&place.name()), Some(place));
    }

    /// A check reads a page off the characters of an id; a snapshot knows it by numbers.
    #[test]
    fn the_characters_of_an_id_name_the_page_and_the_bit_that_its_numbers_do(
        minute: u32, shard: u16, index in 0..DenseId::INDICES,
    ) {
        let spot = Spot::of(&DenseId { minute, shard, index }.name()).unwrap();

        let number = PageNumber::of_entry(spot.key(), spot.words(7));
        let page = u64::from(index / PAGE_BITS);
        prop_assert_eq!(number.0, u64::from(minute) << 32 | u64::from(shard) << 16 | page);
        prop_assert_eq!(spot.bit(), index % PAGE_BITS);
        let first = number.spot().unwrap();
        prop_assert_eq!((first.key(), first.bit()), (spot.key(), 0));
        prop_assert_eq!(first.page_in(spot.words(7)), Some(7));
    }

    #[test]
    fn pages_that_share_a_key_are_told_apart(one: u64, other: u64) {
        let [Some(one), Some(other)] = [one, other].map(|number| PageNumber(number).spot()) else {
            return Ok(());
        };

        prop_assert_eq!(one.page_in(other.words(7)).is_some(), one == other);
    }

    /// The plain reading: decode, and take the numbers.
    #[test]
    fn an_id_is_dense_if_it_decodes_to_sixteen_bytes_with_a_small_index(text in "[A-Za-z0-9_.-]{21,23}") {
        let plain = b64::decode(&text).ok().and_then(|bytes| {
            let bytes: [u8; 16] = bytes.try_into().ok()?;
            let number = |from: usize, to: usize| {
                bytes[from..to].iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte))
            };
            let [shard, minute, index] = [number(0, 2), number(2, 6), number(6, 10)];
            let shard = u16::try_from(shard).ok()?;
            (index < DenseId::INDICES).then_some(DenseId { minute, shard, index })
        });

        prop_assert_eq!(DenseId::parse(&Jti::new(text).unwrap()), plain);
    }
}

#[test]
fn two_names_of_one_place_differ() {
    let place = DenseId { minute: 1, shard: 2, index: 3 };

    assert_ne!(place.name(), place.name());
}

#[test]
fn ids_of_others_are_not_dense() {
    for id in [
        "t1",
        "b0a1d4a2-7c53-4f6e-9a3f-0d2c8f1e6b11",
        "AAAAAAAAAAAAAAAAAAAAAB",
        "AAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(DenseId::parse(&Jti::new(id).unwrap()), None, "{id}");
    }
}

#[test]
fn no_id_is_given_out_twice_and_a_block_is_used_up_before_the_next_begins() {
    let ids = leased(&mut Shards::default(), at(0));

    let given: Vec<DenseId> = (0..10_000).map(|_| place(&ids, at(60))).collect();

    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 10_000);
    let mut first: Vec<u32> = given[..4_096].iter().map(|place| place.index).collect();
    assert!(!first.is_sorted(), "the order within a block tells how many there are");
    first.sort_unstable();
    assert!(first.into_iter().eq(0..4_096));
}

#[test]
fn what_a_crash_left_unused_is_never_given_out() {
    let mut shards = Shards::default();
    let mut seen = HashSet::new();
    for _ in 0..20 {
        // Each is a process that dies after a few tokens.
        let ids = leased(&mut shards, at(0));
        for _ in 0..50 {
            assert!(seen.insert(place(&ids, at(60))));
        }
    }
}

#[test]
fn replicas_at_the_same_time_do_not_meet() {
    let mut shards = Shards::default();
    let replicas: Vec<DenseIds> = (0..8).map(|_| leased(&mut shards, at(0))).collect();

    let given: HashSet<DenseId> = (0..800).map(|n| place(&replicas[n % 8], at(60))).collect();
    assert_eq!(given.len(), 800);
}

#[test]
fn a_clock_that_is_set_back_and_forth_brings_no_id_twice() {
    let mut shards = Shards::default();
    let ids = DenseIds::default();
    let mut seen = HashSet::new();
    let hour = 3_600;
    for now in [0, 1, 30, 2, 0, 5, 300, 4, 8_000, 6, 1] {
        shards.look_after(&ids, at(now * hour));
        for expires_in in [30, 60, 900] {
            let id = ids.next(at(now * hour + expires_in)).unwrap();
            assert!(seen.insert(DenseId::parse(&id).unwrap()), "at {now}");
        }
    }
}

#[test]
fn the_next_lease_is_there_before_the_last_one_ends() {
    let mut shards = Shards::default();
    let ids = DenseIds::default();
    for minute in 0..600 {
        shards.look_after(&ids, at(minute * 60));
        assert!(ids.next(at(minute * 60 + 900)).is_some(), "minute {minute}");
    }

    assert!(shards.0.len() <= 8, "{} leases in ten hours", shards.0.len());
}

#[test]
fn without_a_lease_there_is_no_dense_id() {
    let ids = leased(&mut Shards::default(), at(0));

    assert_eq!(ids.next(at(3 * 3_600)), None);
}

/// Leases as a store keeps them.
#[derive(Default)]
struct Shards(Vec<ShardLease>);

impl Shards {
    fn look_after(&mut self, ids: &DenseIds, now: UnixTime) {
        while let Some(ShardRequest { from, until, .. }) = ids.due(now) {
            let free = |shard: &u16| self.0.iter().all(|l| l.shard != *shard || l.until <= from);
            let lease = ShardLease { shard: (0..=u16::MAX).find(free).unwrap(), from, until };
            self.0.push(lease);
            ids.lease(lease);
        }
    }
}

fn leased(shards: &mut Shards, now: UnixTime) -> DenseIds {
    let ids = DenseIds::default();
    shards.look_after(&ids, now);
    ids
}

fn place(ids: &DenseIds, expires_at: UnixTime) -> DenseId {
    DenseId::parse(&ids.next(expires_at).unwrap()).unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(1_800_000_000 + seconds)
}
