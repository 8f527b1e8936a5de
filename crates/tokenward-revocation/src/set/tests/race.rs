//! Readers beside a writer that inserts, expires, and puts other content in the place of all.
//!
//! The threads run as they like; what is asserted holds whatever they do. It is checked with real threads
//! rather than with loom: a check reads dozens of words, of tables that loom would have to shrink to one
//! or two slots, where nothing is probed and nothing grows.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::*;

const STEPS: u64 = 4_000;
const PER_MINUTE: u64 = 60;

#[test]
fn no_reader_misses_what_was_revoked_before_it_asked_and_none_refuses_a_good_token() {
    let fingerprints = Fingerprints::random();
    let set = Set::new(Audience::new("api").unwrap(), fingerprints.clone());
    // What was inserted, and below which step it may have been forgotten.
    let (revoked, forgotten) = (AtomicU64::new(0), AtomicU64::new(0));
    let done = AtomicBool::new(false);

    let checks = thread::scope(|scope| {
        let reader = |salt: u64| {
            let (set, revoked, forgotten, done) = (&set, &revoked, &forgotten, &done);
            scope.spawn(move || {
                let mut checks = 0_u64;
                let mut memos = HashMap::new();
                // On a busy machine the writer may be done before a reader had its first turn.
                while checks == 0 || !done.load(Ordering::Acquire) {
                    let newest = revoked.load(Ordering::Acquire);
                    let oldest = forgotten.load(Ordering::Acquire);
                    if newest <= oldest {
                        continue;
                    }
                    let step = oldest + (checks.wrapping_mul(31) + salt) % (newest - oldest);
                    for what in 0..4 {
                        let token = token_of(step, what);
                        let facts = token.facts();
                        let memo = memos.entry((step, what)).or_insert_with(|| set.memo(&facts));
                        for answer in [set.check_facts(&facts), set.check_again(&facts, memo)] {
                            let still = forgotten.load(Ordering::Acquire) <= step;
                            assert!(answer.is_some() || !still, "step {step} was not refused");
                        }
                    }
                    let token = good(step);
                    let memo = memos.entry((step, 4)).or_insert_with(|| set.memo(&token.facts()));
                    assert_eq!(set.check_facts(&token.facts()), None, "step {step}");
                    assert_eq!(set.check_again(&token.facts(), memo), None, "step {step}");
                    checks += 1;
                }
                checks
            })
        };
        let readers = [reader(0), reader(17)];
        write(&set, &fingerprints, &revoked, &forgotten);
        done.store(true, Ordering::Release);
        readers.map(|reader| reader.join().unwrap())
    });

    assert!(checks.iter().all(|checks| *checks > 0), "{checks:?}");
}

fn write(set: &Set, fingerprints: &Fingerprints, revoked: &AtomicU64, forgotten: &AtomicU64) {
    for step in 0..STEPS {
        for row in rows(step) {
            set.insert(&row);
        }
        revoked.store(step + 1, Ordering::Release);
        let passed = minute(step).saturating_sub(4);
        if step % PER_MINUTE == 0 {
            forgotten.store(first_of(passed + 1), Ordering::Release);
            set.expire(at(passed * 60));
        }
        if step % 400 == 399 {
            let live = (first_of(passed + 1)..=step).flat_map(rows);
            let items: Vec<Item> = live.map(|row| Item::of(&row, fingerprints)).collect();
            set.replace(fingerprints.clone(), &items, at(passed * 60));
        }
        // On one core the readers get their turn.
        if step % 50 == 0 {
            thread::yield_now();
        }
    }
}

fn minute(step: u64) -> u64 {
    100 + step / PER_MINUTE
}

fn first_of(minute: u64) -> u64 {
    minute.saturating_sub(100) * PER_MINUTE
}

/// What is revoked at a step: a dense id, a foreign one, a session and a subject.
fn rows(step: u64) -> [Revocation; 4] {
    let scopes = [
        Scope::Jti(dense(step, 0)),
        Scope::Jti(jti(&format!("t{step}"))),
        Scope::Session(session(&format!("s{step}"))),
        Scope::Subject {
            subject: subject(&format!("u{step}")),
            version: None,
            issued_up_to: at(9),
        },
    ];
    scopes.map(|scope| revocation(step, scope, at(minute(step) * 60)))
}

fn token_of(step: u64, revoked: u8) -> Token {
    let token = good(step);
    match revoked {
        0 => Token { id: dense(step, 0), ..token },
        1 => Token { id: jti(&format!("t{step}")), ..token },
        2 => Token { session: Some(session(&format!("s{step}"))), ..token },
        _ => Token { subject: subject(&format!("u{step}")), ..token },
    }
}

/// A token of which nothing is ever revoked, though its bit is beside one that is.
fn good(step: u64) -> Token {
    Token {
        id: dense(step, 1),
        session: Some(session("good")),
        subject: subject("good"),
        version: None,
        issued_at: at(5),
        key: None,
    }
}

fn dense(step: u64, odd: u64) -> Jti {
    let minute = u32::try_from(minute(step)).unwrap();
    let index = u32::try_from((step * 2_654 % 90_000) * 2 + odd).unwrap();
    DenseId { minute, shard: 0, index }.name()
}
