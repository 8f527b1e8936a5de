//! What a token says of itself, before what is wrong with that.

use serde_json::Value;
use tokenward::UnixTime;
use tokenward_audit::TokenAudit;

use crate::commands::date;
use crate::failure::Failure;
use crate::output::{Output, shown};

/// More lines of one token say no more.
const MAX_LINES: usize = 60;
/// As long as a line is shown.
const MAX_LINE: usize = 160;

/// The last second of the year 9999: later dates have no form that people write (RFC 3339).
const LAST: u64 = 253_402_300_799;

/// The header, the claims, and their times as dates.
pub(super) fn show(audit: &TokenAudit, now: UnixTime, output: Output) -> Result<(), Failure> {
    output.line("header")?;
    json(&audit.shown_header, output)?;
    match &audit.shown {
        Some(claims) => {
            output.line("claims")?;
            json(claims, output)?;
            for line in times(claims, now.as_secs()) {
                output.line(line)?;
            }
        }
        None => output.line("claims: encrypted")?,
    }
    output.line("")
}

fn json(value: &Value, output: Output) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::because("the token cannot be shown", &error))?;
    for (at, line) in text.lines().enumerate() {
        if at == MAX_LINES {
            return output.line("  …");
        }
        let cut: String = line.chars().take(MAX_LINE).collect();
        let end = if cut.len() < line.len() { "…" } else { "" };
        output.line(format!("  {}{end}", shown(&cut)))?;
    }
    Ok(())
}

/// `exp  2026-11-26 12:00:00Z, in 5 minutes`
fn times(claims: &Value, now: u64) -> Vec<String> {
    let line = |name: &&str| {
        let time = claims.get(*name)?;
        let time = time.as_u64().or_else(|| {
            // A time may have a fraction, which a date has not.
            let whole = format!("{:.0}", time.as_f64()?.floor());
            whole.parse().ok()
        })?;
        if time > LAST {
            return Some(format!("{name:<9}  after the year 9999"));
        }
        let distance = match (time.checked_sub(now), now.checked_sub(time)) {
            (Some(0), _) => "now".to_owned(),
            (Some(ahead), _) => format!("in {}", spoken(ahead)),
            (_, Some(ago)) => format!("{} ago", spoken(ago)),
            _ => String::new(),
        };
        Some(format!("{name:<9}  {}, {distance}", date(UnixTime::from_secs(time))))
    };
    ["iat", "nbf", "auth_time", "exp"].iter().filter_map(line).collect()
}

fn spoken(seconds: u64) -> String {
    for (unit, size) in [("day", 86_400), ("hour", 3_600), ("minute", 60)] {
        let count = seconds.checked_div(size).unwrap_or(0);
        if count > 0 {
            return format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
        }
    }
    format!("{seconds} second{}", if seconds == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_told_as_dates_and_from_now() {
        let claims = json!({ "iat": 1_800_000_000, "exp": 1_800_000_300.5, "nbf": "soon" });
        assert_eq!(
            times(&claims, 1_800_086_400),
            [
                "iat        2027-01-15 08:00:00Z, 1 day ago",
                "exp        2027-01-15 08:05:00Z, 23 hours ago"
            ]
        );
        // What is no year of ours breaks nothing.
        let odd = json!({ "exp": u64::MAX, "nbf": 253_402_300_800_u64, "iat": -1 });
        assert_eq!(
            times(&odd, 0),
            ["nbf        after the year 9999", "exp        after the year 9999"]
        );
        assert!(times(&json!({ "exp": LAST }), 0).concat().contains("9999-12-31 23:59:59Z"));
    }
}
