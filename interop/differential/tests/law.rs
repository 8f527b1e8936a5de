//! What we accept, every peer accepts: on tokens with one named change, with several at random, and
//! on the tokens of `vectors/`.

mod attacks;

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use tokenward::Algorithm;
use tokenward_differential::{
    Accept, Change, Comparison, Exceptions, KeyRing, Violation, change, peer,
};

/// Where the claims or the encoding alone differ, these stand for all: RSA signs slowly, and ML-DSA
/// has one peer, or two.
const STAND_FOR_ALL: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa];

/// Tokens with changes at random.
const RANDOM_TOKENS: u32 = 1000;

#[test]
fn what_we_accept_every_peer_accepts_but_for_the_listed_few() {
    let ring = KeyRing::generate(&Algorithm::ALL);
    let mut comparison = Comparison::new(peer::all(), Exceptions::read());

    let (mut violations, harmless) = with_one_change(&ring, &mut comparison);
    violations.extend(attacks::all(&mut comparison));
    let comparison = RefCell::new(comparison);
    violations.extend(with_changes_at_random(&ring, harmless, &comparison));

    let comparison = comparison.into_inner();
    println!("{comparison}");
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
    let unused = comparison.unused_exceptions();
    assert!(unused.is_empty(), "exceptions that nothing needs:\n{}", unused.join("\n"));
}

/// Each change alone, and none. Gives also the changes with which we accept the token.
fn with_one_change(ring: &KeyRing, comparison: &mut Comparison) -> (Vec<Violation>, Vec<Change>) {
    let (mut violations, mut harmless) = (Vec::new(), Vec::new());
    for keys in ring.iter() {
        violations.extend(comparison.compare("none", keys, ring, &[], Accept::AccessToken).err());
        let whole = STAND_FOR_ALL.contains(&keys.algorithm);
        for change in if whole { change::all() } else { change::of_algorithms() } {
            let change = [change];
            if change[0].kind == change::TYPES {
                violations.extend(
                    comparison
                        .compare(change[0].kind, keys, ring, &change, Accept::AccessToken)
                        .err(),
                );
            }
            match comparison.compare(change[0].kind, keys, ring, &change, Accept::AnyJwt) {
                Ok(true) => harmless.extend(change),
                Ok(false) => {}
                Err(violation) => violations.push(violation),
            }
        }
    }
    (violations, harmless)
}

/// Up to four changes together, the same ones every time; `PROPTEST_RNG_SEED` and `PROPTEST_CASES`
/// make it others and more.
fn with_changes_at_random(
    ring: &KeyRing,
    harmless: Vec<Change>,
    comparison: &RefCell<Comparison>,
) -> Option<Violation> {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = RANDOM_TOKENS;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0);
    }
    let accept = prop_oneof![Just(Accept::AccessToken), Just(Accept::AnyJwt)];
    let changes = prop::collection::vec(change::any_change(harmless), 1..=4);
    let algorithms = prop::sample::select(&STAND_FOR_ALL[..]);
    let tokens = (algorithms, changes, accept);
    let outcome = TestRunner::new(config).run(&tokens, |(algorithm, changes, accept)| {
        let keys = ring.iter().find(|keys| keys.algorithm == algorithm).expect("keys of all");
        let outcome = comparison.borrow_mut().compare("at random", keys, ring, &changes, accept);
        outcome.map(|_| ()).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => None,
        Err(TestError::Fail(why, _)) => Some(why.to_string()),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}
