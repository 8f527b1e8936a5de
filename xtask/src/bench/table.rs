//! Tables, for a terminal and for a page.

use super::report::{Report, Row};
use super::spread::Spread;

#[cfg(test)]
mod tests;

/// A heading, rows of cells, and what they mean.
#[derive(Debug)]
pub(super) struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(title: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Self { title: title.to_owned(), head, rows: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// One line a contender, one column an algorithm; `–` where a contender lacks the algorithm.
    pub(super) fn matrix<'a, T: 'a>(
        title: &str,
        algorithms: &[&str],
        items: impl Iterator<Item = &'a T>,
        place: impl Fn(&'a T) -> (&'a str, &'a str),
        cell: impl Fn(&T) -> String,
    ) -> Self {
        let mut table = Self::new(title, &[&[""], algorithms].concat());
        let empty = || vec!["–".to_owned(); algorithms.len()];
        let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
        for item in items {
            let (name, algorithm) = place(item);
            if !lines.iter().any(|(other, _)| *other == name) {
                lines.push((name, empty()));
            }
            let line = lines.iter_mut().find(|(other, _)| *other == name);
            let column = algorithms.iter().position(|other| *other == algorithm);
            if let (Some((_, cells)), Some(column)) = (line, column)
                && let Some(place) = cells.get_mut(column)
            {
                *place = cell(item);
            }
        }
        for (name, cells) in lines {
            table.push([vec![name.to_owned()], cells].concat());
        }
        table
    }

    /// A matrix of the rows of one operation that `wanted` picks.
    pub(super) fn of_rows(
        title: &str,
        report: &Report,
        operation: &str,
        wanted: impl Fn(&Row) -> bool,
        cell: impl Fn(&Row) -> String,
    ) -> Self {
        let rows = report.rows.iter().filter(|row| row.operation == operation && wanted(row));
        Self::matrix(
            title,
            &report.algorithms(operation),
            rows,
            |row| (&row.name, &row.algorithm),
            cell,
        )
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Aligned, for a terminal.
    pub(super) fn text(&self) -> String {
        let mut text = format!("## {}\n\n", self.title);
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let width = self.width(column);
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// For a page.
    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> = self
            .head
            .iter()
            .enumerate()
            .map(|(column, _)| if column == 0 { "---" } else { "---:" }.to_owned())
            .collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("### {}\n\n{}{}{rows}", self.title, line(&self.head), line(&rule))
    }

    fn width(&self, column: usize) -> usize {
        let cells = std::iter::once(&self.head).chain(&self.rows);
        cells.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

/// `54.28 µs`, `492 ns`.
pub(super) fn time(nanos: f64) -> String {
    if nanos < 1e3 { format!("{nanos:.0} ns") } else { format!("{:.2} µs", nanos / 1e3) }
}

/// `1.015×`; far from one, fewer digits.
pub(super) fn ratio(ratio: f64) -> String {
    if ratio < 1.1 { format!("{ratio:.3}×") } else { format!("{ratio:.2}×") }
}

/// `1.011–1.020`.
pub(super) fn range(spread: Spread) -> String {
    let digits = if spread.high < 1.1 { 3 } else { 2 };
    format!("{:.digits$}–{:.digits$}", spread.low, spread.high)
}
