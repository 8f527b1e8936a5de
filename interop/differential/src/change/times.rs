//! Times: near their edges, far away, and in every way that a number can be written.
//!
//! No time is within two seconds of an edge, since every peer has a clock of its own.

use super::Change;

pub(super) fn all() -> Vec<Change> {
    [written(), edges(), together()].concat()
}

/// A change that sets a time to what `value` makes of the present.
fn time(
    kind: &'static str,
    name: &'static str,
    shown: &str,
    value: impl Fn(u64) -> String + 'static,
) -> Change {
    Change::payload(kind, format!("{name} {shown}"), move |payload, context| {
        payload.set(name, &value(context.now));
    })
}

fn written() -> Vec<Change> {
    const KIND: &str = "time written otherwise";
    ["exp", "iat", "nbf", "auth_time"]
        .into_iter()
        .flat_map(|name| {
            // Of all four, only `exp` is not in the past.
            let ahead = if name == "exp" { 300 } else { 0 };
            let write = move |shown: &str, form: fn(u64) -> String| {
                time(KIND, name, shown, move |now| form(now + ahead))
            };
            [
                write("with a fraction", |at| format!("{at}.25")),
                write("with a fraction of zero", |at| format!("{at}.0")),
                write("with a long fraction", |at| format!("{at}.123456789012345678")),
                write("with an exponent of zero", |at| format!("{at}e0")),
                write("with a capital exponent", |at| format!("{at}E+0")),
                write("shifted by an exponent", |at| format!("{}.{:02}e2", at / 100, at % 100)),
                write("shifted back by an exponent", |at| format!("{at}000e-3")),
                write("as a string", |at| format!("\"{at}\"")),
                write("as a date", |_| "\"2030-01-01T00:00:00Z\"".to_owned()),
                write("in an array", |at| format!("[{at}]")),
                write("in an object", |at| format!("{{\"$date\":{at}}}")),
                write("in milliseconds", |at| format!("{at}000")),
                write("with a zero before", |at| format!("0{at}")),
                write("with a plus before", |at| format!("+{at}")),
                write("in hexadecimal", |at| format!("0x{at:x}")),
            ]
        })
        .collect()
}

fn edges() -> Vec<Change> {
    const KIND: &str = "time near or far";
    const FAR: [&str; 19] = [
        "0",
        "-0",
        "-0.0",
        "0.5",
        "-0.5",
        "-1",
        "-1e10",
        "1",
        "253402300799",
        "253402300800",
        "4294967295",
        "4294967296",
        "9007199254740991",
        "9007199254740992",
        "9223372036854775807",
        "18446744073709551615",
        "18446744073709551616",
        "1e20",
        "1e309",
    ];
    let mut all: Vec<Change> = Vec::new();
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for seconds in [2_u64, 60, 800, 3600, 100_000] {
            all.push(time(KIND, name, &format!("{seconds} s ago"), move |now| {
                (now - seconds).to_string()
            }));
            all.push(time(KIND, name, &format!("in {seconds} s"), move |now| {
                (now + seconds).to_string()
            }));
        }
        for far in FAR {
            all.push(time(KIND, name, far, move |_| far.to_owned()));
        }
    }
    all
}

fn together() -> Vec<Change> {
    const KIND: &str = "times together";
    let both = |shown: &'static str, issued: i64, expires: i64| {
        Change::payload(KIND, shown, move |payload, context| {
            let at = |offset| context.now.saturating_add_signed(offset).to_string();
            payload.set("iat", &at(issued));
            payload.set("nbf", &at(issued));
            payload.set("exp", &at(expires));
        })
    };
    vec![
        both("a lifetime of 900 s", -100, 800),
        both("a lifetime of 901 s", -100, 801),
        both("a lifetime of a day", -100, 86_300),
        both("a lifetime of ten years", -100, 315_360_000),
        both("no lifetime", 2, 2),
        both("the end before the beginning", 2, -2),
        both("all in the leeway, ending", -300, -2),
        both("all in the leeway, beginning", 2, 300),
        both("all in the past", -1000, -700),
        both("all in the future", 700, 1000),
    ]
}
