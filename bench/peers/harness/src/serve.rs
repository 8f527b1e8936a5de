//! The protocol between a benchmarked program and the one that compares.
//!
//! The program prints one line a contender, with tabs between algorithm, operation, library, version
//! (`-`: see the lock file) and variant, then `ready`. Each line it reads is `REPEATS INDEX:COUNT …`:
//! it runs those contenders COUNT times each, one after the other, REPEATS times over, and answers with
//! the nanoseconds of processor time that each took in all. So the contenders of one line share whatever
//! the machine did meanwhile, and nobody pays for what other programs did.

use std::io::{self, BufRead, Write};

use rustix::time::{ClockId, clock_gettime};

use crate::contender::Contender;

/// Speaks the protocol on standard input and output until the former ends.
pub fn serve(mut contenders: Vec<Contender>) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for one in &contenders {
        let (algorithm, operation) = (one.algorithm.name(), one.operation.name());
        writeln!(output, "{algorithm}\t{operation}\t{}\t-\t{}", one.library, one.variant)?;
    }
    writeln!(output, "ready")?;
    output.flush()?;
    for line in io::stdin().lock().lines() {
        let took = round(&mut contenders, &line?);
        let took: Vec<String> = took.iter().map(u64::to_string).collect();
        writeln!(output, "{}", took.join(" "))?;
        output.flush()?;
    }
    Ok(())
}

fn round(contenders: &mut [Contender], line: &str) -> Vec<u64> {
    let mut words = line.split(' ');
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let repeats = words.next().map(number).expect("a number of repeats");
    let batches: Vec<(usize, u64)> = words
        .map(|word| word.split_once(':').expect("INDEX:COUNT"))
        .map(|(index, count)| (index.parse().expect("an index"), number(count)))
        .collect();
    let mut took = vec![0; batches.len()];
    for _ in 0..repeats {
        for (took, (index, count)) in took.iter_mut().zip(&batches) {
            // Nobody pays for the caches that the one before left.
            contenders[*index].run(1);
            let start = processor_time();
            contenders[*index].run(*count);
            *took += processor_time() - start;
        }
    }
    took
}

/// Nanoseconds that this program has had a processor to itself.
fn processor_time() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).expect("a time that began at zero")
}
