//! Durations as people write them: `250ms`, `30s`, `5m`, `24h`, `30d`.

use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Parses a whole number with a unit; the error is a sentence that ends in the mend.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let mend = || format!("`{text}` is no duration; write for example \"30s\", \"5m\", \"24h\"");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(mend)?;
    let millis = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(mend)?.1;
    let number: u64 = number.parse().map_err(|_| mend())?;
    Ok(Duration::from_millis(number.checked_mul(millis).ok_or_else(mend)?))
}

/// Shows a duration in the largest unit that divides it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Human(pub(crate) Duration);

impl fmt::Display for Human {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if millis == 0 {
            return f.write_str("0s");
        }
        // A day is `24h`, as everybody writes it; only from two on are days clearer.
        let fits = |(unit, size): &(&str, u64)| {
            millis.is_multiple_of(*size) && (*unit != "d" || millis > *size)
        };
        let (unit, size) = UNITS.into_iter().find(fits).unwrap_or(("ms", 1));
        write!(f, "{}{unit}", millis.checked_div(size).unwrap_or(millis))
    }
}
