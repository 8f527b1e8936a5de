//! What the core library is meant to reach, beside what it reached.

use super::report::{FLOOR, Instructions, OURS, Report, Row};
use super::spread::Spread;
use super::table::{Table, ratio, time};

/// The most that an operation may take, as a multiple of the primitive: operation, algorithm, ratio.
const RATIOS: [(&str, &str, f64); 9] = [
    ("verify", "HS256", 1.9),
    ("verify", "RS256", 1.03),
    ("verify", "PS256", 1.03),
    ("verify", "ES256", 1.015),
    ("verify", "EdDSA", 0.75),
    ("verify", "ML-DSA-65", 1.03),
    ("sign", "RS256", 1.02),
    ("sign", "ES256", 1.02),
    ("sign", "EdDSA", 1.06),
];

/// The most that a cached token with its revocation check may take, in nanoseconds.
const CACHED: f64 = 150.0;

/// The most instructions outside the primitive that an ES256 verification may take.
const INSTRUCTIONS: f64 = 8_000.0;

/// The column that says how sure a median is.
const SURE: usize = 3;

/// How a variant of ours is called that answers from its cache.
const CACHE_VARIANT: &str = "cached";
/// How a variant of ours is called whose claims borrow from the token.
const BORROWED_VARIANT: &str = "borrowed";

/// Every target, what was measured, and whether it is met.
pub(super) fn table(report: &Report) -> Table {
    let mut table = Table::new("Targets", &["", "target", "measured", "95 % sure", "met"]);
    for (operation, algorithm, limit) in RATIOS {
        let ours = best(report, operation, algorithm);
        let what = format!("{operation} {algorithm}, over the primitive");
        let mut line = line(&what, limit, ours.map(|row| row.ratio.median), ratio);
        line.insert(SURE, ours.map(|row| sure(row.ratio)).unwrap_or_default());
        table.push(line);
    }
    let cached =
        report.rows.iter().filter(|row| is(row, CACHE_VARIANT)).map(|row| row.nanos.median);
    table.push(unsure(line(
        "cached token with its revocation check",
        CACHED,
        cached.reduce(f64::max),
        time,
    )));
    let instructions = instructions(report).map(|one| one.outside);
    let whole = |count: f64| format!("{count:.0}");
    table.push(unsure(line(
        "verify ES256, instructions outside the primitive",
        INSTRUCTIONS,
        instructions,
        whole,
    )));
    let borrowing = report.allocations.iter().filter(|one| {
        let name = &one.name;
        one.library == OURS && (name.contains(BORROWED_VARIANT) || name.contains(CACHE_VARIANT))
    });
    let most = borrowing.map(|one| one.calls).reduce(f64::max);
    table.push(unsure(line("borrowed or cached claims, allocations", 0.0, most, whole)));
    table.push(peers(report));
    table
}

fn line(
    what: &str,
    limit: f64,
    measured: Option<f64>,
    shown: impl Fn(f64) -> String,
) -> Vec<String> {
    let met = match measured {
        Some(value) if value <= limit => "yes",
        Some(_) => "no",
        None => "–",
    };
    let measured = measured.map_or_else(|| "–".to_owned(), &shown);
    vec![what.to_owned(), format!("≤ {}", shown(limit)), measured, met.to_owned()]
}

/// For what has no noise.
fn unsure(mut line: Vec<String>) -> Vec<String> {
    line.insert(SURE, String::new());
    line
}

/// Between what the median lies, in all likelihood.
fn sure(spread: Spread) -> String {
    let digits = if spread.most < 1.1 { 3 } else { 2 };
    format!("{:.digits$}–{:.digits$}", spread.least, spread.most)
}

/// Whether ours is ahead of every peer in every comparison that it takes part in.
fn peers(report: &Report) -> Vec<String> {
    let is_ahead = |row: &&Row| {
        let ours = best(report, &row.operation, &row.algorithm);
        ours.is_some_and(|ours| ours.ratio.median < row.ratio.median)
    };
    let rows = report.rows.iter();
    let peers: Vec<&Row> = rows
        .filter(|row| row.library != OURS && row.library != FLOOR)
        // A cache is compared with a cache.
        .filter(|row| !row.variant.contains("cache"))
        .filter(|row| best(report, &row.operation, &row.algorithm).is_some())
        .collect();
    let ahead = peers.iter().filter(|row| is_ahead(row)).count();
    let met = if ahead == peers.len() { "yes" } else { "no" };
    vec![
        "ahead of a peer".to_owned(),
        format!("{} comparisons", peers.len()),
        ahead.to_string(),
        String::new(),
        met.to_owned(),
    ]
}

/// Our fastest way that does all of the work for one token.
fn best<'a>(report: &'a Report, operation: &str, algorithm: &str) -> Option<&'a Row> {
    report
        .rows
        .iter()
        .filter(|row| row.library == OURS && !is(row, CACHE_VARIANT))
        .filter(|row| row.operation == operation && row.algorithm == algorithm)
        .min_by(|one, other| one.ratio.median.total_cmp(&other.ratio.median))
}

fn instructions(report: &Report) -> Option<&Instructions> {
    let all = report.instructions.iter().filter(|one| one.library == OURS);
    all.filter(|one| one.operation == "verify" && one.algorithm == "ES256")
        .filter(|one| !one.name.contains(CACHE_VARIANT))
        .min_by(|one, other| one.outside.total_cmp(&other.outside))
}

fn is(row: &Row, variant: &str) -> bool {
    row.library == OURS && row.variant.contains(variant)
}
