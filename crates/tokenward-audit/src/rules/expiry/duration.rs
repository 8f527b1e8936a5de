//! How long something takes, as code says it.

use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

const FUEL: u8 = 8;
/// Above this, a number of seconds is a point in time.
const EPOCH: f64 = 1_000_000_000.0;

/// The seconds that an expression adds to now, or is: `now + timedelta(days=7)`, `'30d'`,
/// `time.Now().Add(24 * time.Hour)`, `Math.floor(Date.now() / 1000) + 3600`.
pub(in crate::rules) fn seconds(m: &Model, id: Id) -> Option<f64> {
    seconds_in(m, id, FUEL).filter(|seconds| (0.0..EPOCH * 100.0).contains(seconds))
}

fn seconds_in(m: &Model, id: Id, fuel: u8) -> Option<f64> {
    let fuel = fuel.checked_sub(1)?;
    let id = m.value(id);
    match m.kind(id) {
        Kind::Text(text) => written(text),
        Kind::Number(number) => Some(*number).filter(|number| *number < EPOCH),
        Kind::Binary(operator, left, right) => {
            let number = m.number(id);
            if number.is_some() {
                return number.filter(|number| *number < EPOCH);
            }
            let unit = if [*left, *right].iter().any(|side| is_now_in_millis(m, *side)) {
                1000.0
            } else {
                1.0
            };
            let (left, right) = (seconds_in(m, *left, fuel), seconds_in(m, *right, fuel));
            match operator.as_str() {
                // One side is the present, which we do not know.
                "+" => match (left, right) {
                    (Some(a), Some(b)) => Some(a + b),
                    (Some(one), None) | (None, Some(one)) => Some(one / unit),
                    (None, None) => None,
                },
                "*" => Some(left? * right?),
                _ => None,
            }
        }
        Kind::Call { .. } => call(m, id, fuel),
        Kind::Member(..) if m.language == Language::Go => go_unit(m, id),
        // `30.days`
        Kind::Member(object, unit) if m.language == Language::Kotlin => {
            Some(m.number(*object)? * size(unit)?)
        }
        // `process.env.EXPIRES_IN || '30d'`: what holds where nothing is set. Of a day, one may differ.
        Kind::Choice(ways) => match ways.as_slice() {
            [set, default] if matches!(m.kind(*set), Kind::Member(..)) => {
                let text = m.text(*default).and_then(written);
                text.filter(|seconds| *seconds > 86_400.0 && m.language.is_script())
            }
            _ => None,
        },
        Kind::Other(parts) => match parts.as_slice() {
            [one] => seconds_in(m, *one, fuel),
            _ => None,
        },
        _ => None,
    }
}

/// `Date.now()`, `new Date().getTime()`: what is added to it is milliseconds too.
pub(super) fn is_now_in_millis(m: &Model, id: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(m.value(id)) else { return false };
    let is_date =
        |object: Id| m.last_name(object) == Some("Date") || m.callee_name(object) == Some("Date");
    m.language.is_script()
        && match m.kind(*callee) {
            Kind::Member(object, name) => {
                matches!(name.as_str(), "now" | "getTime" | "valueOf") && is_date(*object)
            }
            _ => false,
        }
}

fn call(m: &Model, id: Id, fuel: u8) -> Option<f64> {
    match m.callee_name(id)? {
        "timedelta" => timedelta(m, id),
        "Duration" if m.language == Language::Dart => timedelta(m, id),
        "NewNumericDate" | "int" | "Duration" | "round" | "floor" | "timegm" | "Add"
        | "checked_add_signed" | "checked_add" => seconds_in(m, m.positional(id, 0).found()?, fuel),
        "strtotime" | "modify" | "DateTimeImmutable" | "DateTime" => {
            let text = m.text(m.positional(id, 0).found()?)?;
            written(text.trim().strip_prefix('+')?)
        }
        "Date" if m.language.is_jvm() => millis(m, m.positional(id, 0).found()?, fuel),
        "from" | "ofEpochMilli" if m.language.is_jvm() => {
            seconds_in(m, m.positional(id, 0).found()?, fuel)
        }
        // `Instant.now().plus(7, ChronoUnit.DAYS)`
        "plus" => match m.positional(id, 1) {
            Lookup::Found(unit) => {
                let count = m.number(m.positional(id, 0).found()?)?;
                Some(count * size(m.last_name(unit)?)?)
            }
            _ => seconds_in(m, m.positional(id, 0).found()?, fuel),
        },
        // moment and dayjs: `add(7, 'days')`
        "add" => {
            let count = m.number(m.positional(id, 0).found()?)?;
            let unit = m.text(m.positional(id, 1).found()?)?;
            written(&format!("{count}{unit}"))
        }
        "AddDate" => {
            let part = |at| m.positional(id, at).found().and_then(|id| m.number(id));
            Some((part(0)? * 365.0 + part(1)? * 30.0 + part(2)?) * 86_400.0)
        }
        // `(now + timedelta(…)).timestamp()`, `time.Now().Add(…).Unix()`
        "timestamp" | "Unix" | "timetuple" | "UTC" | "unix" | "valueOf" | "toDate" | "getTime"
        | "getTimestamp" | "to_i" | "from_now" | "toInstant" | "getEpochSecond" | "as_secs" => {
            match m.kind(id) {
                Kind::Call { callee, .. } => match m.kind(*callee) {
                    Kind::Member(object, _) => seconds_in(m, *object, fuel),
                    _ => None,
                },
                _ => None,
            }
        }
        name => counted(m, id, name),
    }
}

/// `plusDays(7)`, `AddDays(7)`, `Duration.ofDays(7)`, `TimeSpan.FromDays(7)`, `Duration::days(7)`, `7.days`
fn counted(m: &Model, call: Id, name: &str) -> Option<f64> {
    let unit = ["plus", "Add", "add", "of", "From", "from_", "try_"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    let size = size(unit)?;
    let count = match (m.positional(call, 0), m.kind(call)) {
        (Lookup::Found(count), _) => m.number(count)?,
        (_, Kind::Call { callee, .. }) => match m.kind(*callee) {
            Kind::Member(object, _) => m.number(*object)?,
            _ => return None,
        },
        _ => return None,
    };
    Some(count * size)
}

/// What Java adds to the present, in milliseconds: `System.currentTimeMillis() + 86_400_000`.
fn millis(m: &Model, id: Id, fuel: u8) -> Option<f64> {
    let fuel = fuel.checked_sub(1)?;
    let value = m.value(id);
    match m.kind(value) {
        Kind::Binary(operator, left, right) if operator == "+" => {
            // One side is the present, which is too large for a time to live.
            let sides = [millis_of(m, *left, fuel), millis_of(m, *right, fuel)];
            match sides {
                [Some(one), None] | [None, Some(one)] => Some(one / 1000.0),
                _ => None,
            }
        }
        _ => None,
    }
}

fn millis_of(m: &Model, id: Id, fuel: u8) -> Option<f64> {
    if let Some(number) = m.number(id) {
        return Some(number).filter(|number| *number < 1e12);
    }
    let value = m.value(id);
    match (m.kind(value), m.callee_name(value)) {
        // `Duration.ofDays(7).toMillis()`, `TimeUnit.DAYS.toMillis(7)`
        (Kind::Call { callee, .. }, Some("toMillis")) => {
            let Kind::Member(object, _) = m.kind(*callee) else { return None };
            match m.positional(value, 0) {
                Lookup::Found(count) => {
                    Some(m.number(count)? * size(m.last_name(*object)?)? * 1000.0)
                }
                _ => Some(seconds_in(m, *object, fuel)? * 1000.0),
            }
        }
        _ => None,
    }
}

fn timedelta(m: &Model, call: Id) -> Option<f64> {
    const UNITS: [(&str, f64); 5] = [
        ("weeks", 604_800.0),
        ("days", 86_400.0),
        ("hours", 3600.0),
        ("minutes", 60.0),
        ("seconds", 1.0),
    ];
    let mut total = None;
    for (unit, size) in UNITS {
        if let Some(count) = m.keyword(call, unit).found() {
            total = Some(total.unwrap_or(0.0) + count_of(m, count)? * size);
        }
    }
    match total {
        Some(total) => Some(total),
        None => Some(m.number(m.positional(call, 0).found()?)? * 86_400.0),
    }
}

/// A number, or the one that holds where nothing is set: `int(os.getenv("DAYS", 7))`, `Field(default=7)`.
pub(super) fn count_of(m: &Model, id: Id) -> Option<f64> {
    count_in(m, id, FUEL)
}

fn count_in(m: &Model, id: Id, fuel: u8) -> Option<f64> {
    let fuel = fuel.checked_sub(1)?;
    let value = m.value(id);
    let place = match m.callee_name(value) {
        Some("int" | "float" | "Field") => 0,
        Some("getenv" | "get" | "env" | "config") => 1,
        Some(_) => return None,
        None => return m.number(value).or_else(|| m.text(value)?.trim().parse().ok()),
    };
    let default = m.argument(value, "default", place).found()?;
    count_in(m, default, fuel).filter(|_| m.language == Language::Python)
}

fn go_unit(m: &Model, id: Id) -> Option<f64> {
    match m.path(id)?.as_str() {
        "time.Hour" => Some(3600.0),
        "time.Minute" => Some(60.0),
        "time.Second" => Some(1.0),
        "time.Millisecond" => Some(0.001),
        _ => None,
    }
}

/// `'7d'`, `'2 hours'`, and digits alone, which are milliseconds.
pub(super) fn written(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let count: f64 = text.get(..end)?.parse().ok()?;
    let unit = text.get(end..)?.trim();
    let unit = unit.split_whitespace().next().unwrap_or(unit);
    Some(count * size(if unit.is_empty() { "ms" } else { unit })?)
}

/// The seconds of a unit, as libraries and people call it.
fn size(unit: &str) -> Option<f64> {
    Some(match unit.to_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" | "millis" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        "month" | "months" => 2_592_000.0,
        "y" | "yr" | "year" | "years" => 31_557_600.0,
        _ => return None,
    })
}
