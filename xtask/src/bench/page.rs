//! The figures as text, and on `docs/performance.md`.

use std::fs;

use super::report::{FLOOR, Report, Row};
use super::table::{Table, range, ratio, time};
use super::{chart, targets};
use crate::run::{Failure, root};

const PAGE: &str = "docs/performance.md";
const CHART: &str = "performance/verify.svg";
const BEGIN: &str = "<!-- begin: cargo xtask bench core --write -->\n";
const END: &str = "<!-- end -->\n";

/// All of it, for a terminal.
pub(super) fn text(report: &Report) -> String {
    let tables: Vec<String> = tables(report).iter().map(Table::text).collect();
    format!("{}\n\n{}\n{}", report.machine, tables.join("\n"), report.notes.join("\n"))
}

/// Renews the page between its marks, and its chart.
pub(super) fn write(report: &Report) -> Result<(), Failure> {
    let page = root().join(PAGE);
    let old = fs::read_to_string(&page)?;
    let (before, after) =
        around(&old).ok_or_else(|| Failure::new(format!("{PAGE} has lost its marks")))?;
    let figures = markdown(report);
    fs::write(&page, format!("{before}{BEGIN}\n{figures}\n{END}{after}"))?;
    let chart = root().join("docs").join(CHART);
    if let Some(dir) = chart.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(chart, chart::svg(report))?;
    println!("wrote {PAGE} and docs/{CHART}");
    Ok(())
}

/// What stands before and after the marks.
fn around(page: &str) -> Option<(&str, &str)> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some((before, after))
}

fn markdown(report: &Report) -> String {
    let tables: Vec<String> = tables(report).iter().map(Table::markdown).collect();
    let notes: Vec<String> = report.notes.iter().map(|note| format!("- {note}\n")).collect();
    let notes = if notes.is_empty() { String::new() } else { format!("\n{}", notes.concat()) };
    format!(
        "{}.\n\n![Verification: a bar for each library and algorithm]({CHART})\n\n{}{notes}",
        report.machine,
        tables.join("\n")
    )
}

fn tables(report: &Report) -> Vec<Table> {
    let rust = |row: &Row| !row.is_foreign();
    let beside_floor = |row: &Row| rust(row) && row.library != FLOOR;
    let both = |row: &Row| format!("{} ({})", time(row.nanos.median), ratio(row.ratio.median));
    let spread = |row: &Row| range(row.ratio);
    let tables = [
        Table::of_rows("Verify", report, "verify", rust, both),
        Table::of_rows("Verify: spread of the ratio", report, "verify", beside_floor, spread),
        Table::of_rows("Sign", report, "sign", rust, both),
        Table::of_rows("Sign: spread of the ratio", report, "sign", beside_floor, spread),
        instructions("Verify: instructions outside the primitive", report, "verify"),
        instructions("Sign: instructions outside the primitive", report, "sign"),
        allocations("Verify: allocations", report, "verify"),
        allocations("Sign: allocations", report, "sign"),
        Table::of_rows("Verify in other languages", report, "verify", Row::is_foreign, |row| {
            time(row.nanos.median)
        }),
        targets::table(report),
    ];
    tables.into_iter().filter(|table| !table.is_empty()).collect()
}

fn instructions(title: &str, report: &Report, operation: &str) -> Table {
    let items =
        report.instructions.iter().filter(|one| one.operation == operation && one.library != FLOOR);
    Table::matrix(
        title,
        &["HS256", "RS256", "ES256", "EdDSA"],
        items,
        |one| (&one.name, &one.algorithm),
        |one| format!("{:.0}", one.outside),
    )
}

fn allocations(title: &str, report: &Report, operation: &str) -> Table {
    Table::matrix(
        title,
        &report.algorithms(operation),
        report.allocations.iter().filter(|one| one.operation == operation),
        |one| (&one.name, &one.algorithm),
        |one| format!("{:.0} ({:.0} B)", one.calls, one.bytes),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(around(&page).is_some(), "{PAGE} has lost its marks");
    }
}
