//! What it costs to ask whether a token is revoked, while many are.
//!
//! `revocation quick|full` prints tab-separated lines:
//!
//! ```text
//! time    ID|CHECK  NAME  REVOKED  MEDIAN  LOW  HIGH     nanoseconds a check
//! memory  NAME      REVOKED  BYTES                       for each revoked id
//! load    REVOKED   BYTES  EXPORT  IMPORT                milliseconds
//! note    TEXT
//! ```
//!
//! All contenders of a size are in one process and take turns in the same rounds, in processor time. The
//! tokens of a batch are made right before it is timed, in memory that the last batch gave back, so that
//! their claims are in the cache, as those of a token are that was just verified, and push nothing else
//! out of it. Before its turn a contender answers for many others, so that it finds the caches as it
//! leaves them itself, and not as the one before did.

mod contenders;
mod redis;
mod sample;

use std::hint::black_box;
use std::time::Instant;

use contenders::{Ask, Contender, Ours};
use rustix::time::{ClockId, clock_gettime};
use sample::Sample;

/// Checks that are timed together; their claims are in the first cache.
const BATCH: usize = 128;
/// Checks of a turn, in batches.
const TURN: usize = 16 * BATCH;
/// Checks before a turn: more than one for each cache line of the bits at ten million.
const WARMING: usize = 2_048 * BATCH;

fn main() {
    let quick = std::env::args().nth(1).is_some_and(|how| how == "quick");
    let sizes: &[u32] =
        if quick { &[10_000, 1_000_000] } else { &[10_000, 100_000, 1_000_000, 10_000_000] };
    let rounds = if quick { 3 } else { 7 };
    for size in sizes {
        measure(Sample::new(*size), rounds);
    }
}

fn measure(sample: Sample, rounds: usize) {
    let mut contenders = contenders::all(&sample);
    let mut redis = redis::Redis::start(&sample);
    for contender in &contenders {
        let bytes = contender.memory as f64 / f64::from(sample.revoked);
        println!("memory\t{}\t{}\t{bytes}", contender.name, sample.revoked);
    }
    let mut times = vec![(Vec::new(), Vec::new()); contenders.len()];
    let mut asked = Vec::new();
    for round in 0..rounds {
        // Whoever is first in one round is last in another.
        for turn in 0..contenders.len() {
            let at = (turn + round) % contenders.len();
            let (contender, (ids, checks)) = (&mut contenders[at], &mut times[at]);
            ids.extend(turn_of(&contender.id, &sample));
            if let Some(check) = &contender.check {
                checks.extend(turn_of(check, &sample));
            }
        }
        if let Some(redis) = &mut redis {
            asked.push(redis.time(&sample.tokens(10)));
        }
    }
    for (contender, (ids, checks)) in contenders.iter().zip(times) {
        tell("id", contender.name, sample.revoked, ids);
        tell("check", contender.name, sample.revoked, checks);
    }
    tell("id", "Redis EXISTS, a local socket", sample.revoked, asked);
    if redis.is_none() {
        println!("note\tRedis, {}: not installed, or did not start", sample.revoked);
    }
    load(&sample, &contenders);
}

/// Nanoseconds a check, for each batch.
fn turn_of(ask: &Ask, sample: &Sample) -> Vec<f64> {
    let clock = clock_cost();
    let remembered = ask.memos.map(|set| sample.remembered(set));
    let token = || match &remembered {
        Some(tokens) => sample.one_of(tokens),
        None => sample.token(),
    };
    let mut tokens = Vec::with_capacity(BATCH);
    let mut time = || {
        tokens.clear();
        tokens.extend((0..BATCH).map(|_| token()));
        let start = processor_time();
        assert!(!black_box(&tokens).iter().any(&ask.of), "a good token is refused");
        (processor_time() - start - clock) as f64 / BATCH as f64
    };
    for _ in 0..WARMING / BATCH {
        time();
    }
    (0..TURN / BATCH).map(|_| time()).collect()
}

/// Nanoseconds that this thread has had a processor to itself.
fn processor_time() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// What asking for it takes of it.
fn clock_cost() -> i64 {
    let mut costs = [(); 101].map(|()| {
        let start = processor_time();
        processor_time() - start
    });
    costs.sort_unstable();
    costs[costs.len() / 2]
}

fn tell(what: &str, name: &str, size: u32, mut times: Vec<f64>) {
    if times.is_empty() {
        return;
    }
    times.sort_by(f64::total_cmp);
    let at = |tenths: usize| times[(times.len() * tenths / 10).min(times.len() - 1)];
    println!("time\t{what}\t{name}\t{size}\t{}\t{}\t{}", at(5), at(1), at(9));
}

/// A snapshot of that size, out and in.
fn load(sample: &Sample, contenders: &[Contender]) {
    let Some(ours) = contenders.iter().find_map(|contender| contender.ours.as_ref()) else {
        return;
    };
    let mut times = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..5 {
        let start = Instant::now();
        let body = ours.set.export();
        times.0.push(start.elapsed().as_secs_f64() * 1e3);
        bytes = body.len();
        let fresh = Ours::empty();
        let start = Instant::now();
        fresh.import(&ours, &body);
        times.1.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(fresh.set.len(), ours.set.len());
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    println!("load\t{}\t{bytes}\t{}\t{}", sample.revoked, median(times.0), median(times.1));
}
