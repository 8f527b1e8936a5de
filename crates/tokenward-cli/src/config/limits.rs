//! `[limits]`: what one caller may use up.

use std::time::Duration;

use tokenward_server::settings::{Failures, Limits, Rate};

use crate::config::reader::Section;

#[cfg(test)]
mod tests;

const DEFAULT: Limits = Limits::DEFAULT;
/// A rate beyond this is none, and its calls would cost less than a microsecond.
const MOST: u32 = 1_000_000;

pub(super) fn read(section: Section<'_>) -> Option<Limits> {
    let client = rate(&section, "client", DEFAULT.client);
    let address = rate(&section, "address", DEFAULT.address);
    let session = rate(&section, "session", DEFAULT.session);
    let subject = rate(&section, "subject", DEFAULT.subject);
    let failures = failures(section.section("failures"));
    section.finish();
    let (client, address, session, subject) = (client?, address?, session?, subject?);
    Some(Limits { client, address, session, subject, failures: failures?, ..DEFAULT })
}

fn rate(limits: &Section<'_>, key: &'static str, default: Rate) -> Option<Rate> {
    let section = limits.section(key);
    if !section.is_there() {
        section.finish();
        // Something else in its place was noted by the section above.
        return (!limits.has(key)).then_some(default);
    }
    let per_second = number(&section, "per_second", default.per_second);
    // Who sets the rate alone means to allow as much at once, not what stands there for another rate.
    let burst = number(&section, "burst", per_second.unwrap_or(default.burst));
    section.finish();
    Some(Rate { per_second: per_second?, burst: burst? })
}

fn number(section: &Section<'_>, key: &'static str, default: u32) -> Option<u32> {
    let number = section.count(key, default)?;
    if number > MOST {
        section.problem(key, format!("{number} is over {MOST}; choose {MOST} or less"));
    }
    (number <= MOST).then_some(number)
}

fn failures(section: Section<'_>) -> Option<Failures> {
    let default = DEFAULT.failures;
    let free = section.count("free", u32::from(default.free));
    let [shortest, longest] = [Duration::from_secs(1), Duration::from_secs(3_600)];
    let first = section.duration("first", default.first, [shortest, longest]);
    let longest = section.duration("longest", default.longest, [shortest, longest]);
    let failures = (|| {
        let free = u16::try_from(free?).unwrap_or(u16::MAX);
        Some(Failures { free, first: first?, longest: longest? })
    })();
    if let Some((key, message)) = failures.as_ref().and_then(Failures::problem) {
        section.problem(key, message);
    }
    section.finish();
    failures.filter(|failures| failures.problem().is_none())
}
