//! The commands, a file each.

pub(crate) mod admin_tokens;
pub(crate) mod audit;
pub(crate) mod gate;
mod key_set;
pub(crate) mod keys;
pub(crate) mod offline;
pub(crate) mod revoke;
pub(crate) mod rewrap;
pub(crate) mod root;
pub(crate) mod services;
pub(crate) mod sessions;
pub(crate) mod token;

use tokenward::UnixTime;

/// A point in time for people: `2026-01-31 12:00:00Z`.
pub(crate) fn date(at: UnixTime) -> String {
    let secs = at.as_secs();
    let Some((days, day_secs)) = secs.checked_div(86_400).zip(secs.checked_rem(86_400)) else {
        return secs.to_string();
    };
    let [year, month, day] = civil(days);
    let unit = |size: u64, modulo: u64| {
        day_secs.checked_div(size).and_then(|n| n.checked_rem(modulo)).unwrap_or(0)
    };
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}Z",
        unit(3600, 24),
        unit(60, 60),
        unit(1, 60)
    )
}

/// The proleptic Gregorian date of a day since the epoch: the year is walked, the months are a table.
#[expect(clippy::arithmetic_side_effects, reason = "bounded: the year stops at 9999")]
fn civil(mut days: u64) -> [u64; 3] {
    let leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let mut year = 1970;
    while year < 9999 {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    [year, month, days + 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_as_people_write_it() {
        let shown = |secs| date(UnixTime::from_secs(secs));
        assert_eq!(shown(0), "1970-01-01 00:00:00Z");
        assert_eq!(shown(951_782_399), "2000-02-28 23:59:59Z");
        assert_eq!(shown(951_782_400), "2000-02-29 00:00:00Z");
        assert_eq!(shown(1_767_225_599), "2025-12-31 23:59:59Z");
    }
}
