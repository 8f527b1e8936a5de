//! `cargo xtask bench revocation`: what a check costs while many tokens are revoked, beside what others
//! keep revoked ids in.
//!
//! The program `bench/peers/revocation` measures, all contenders in turns within the same rounds; here its
//! lines become the page.

use std::process::{Command, Stdio};

use super::table::Table;
use super::{PageOptions, page_between, programs};
use crate::machine;
use crate::run::Failure;

const PAGE: &str = "docs/revocation-performance.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench revocation --write -->\n";
const END: &str = "<!-- end -->\n";
const OURS: &str = "tokenward";

/// Measures, prints, and renews the page if it is asked to.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("revocation", args)?;
    let program = programs::revocation()?;
    let how = if options.quick { "quick" } else { "full" };
    let output = Command::new(program).arg(how).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Failure::new("the benchmarked program failed"));
    }
    let figures = Figures::read(&String::from_utf8_lossy(&output.stdout))?;
    let machine = machine::describe()?;
    let tables = figures.tables();
    let text: Vec<String> = tables.iter().map(Table::text).collect();
    println!("{machine}\n\n{}\n{}", text.join("\n"), figures.notes.join("\n"));
    if options.write {
        let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
        let notes: Vec<String> = figures.notes.iter().map(|note| format!("\n- {note}\n")).collect();
        let figures = format!("{machine}.\n\n{}{}", tables.join("\n"), notes.concat());
        page_between(PAGE, BEGIN, END, &figures)?;
    }
    Ok(())
}

/// One cell: who, at how many revoked ids, and the values.
#[derive(Debug)]
struct Cell {
    name: String,
    size: String,
    values: Vec<f64>,
}

#[derive(Debug, Default)]
struct Figures {
    ids: Vec<Cell>,
    checks: Vec<Cell>,
    memory: Vec<Cell>,
    loads: Vec<Cell>,
    notes: Vec<String>,
}

impl Figures {
    fn read(lines: &str) -> Result<Self, Failure> {
        let mut figures = Self::default();
        for line in lines.lines() {
            let unreadable = || Failure::new(format!("an unreadable line: {line}"));
            let words: Vec<&str> = line.split('\t').collect();
            let cell = |name: &str, size: &str, values: &[&str]| {
                let values: Result<_, _> = values.iter().map(|value| value.parse()).collect();
                let values = values.map_err(|_| unreadable())?;
                Ok::<_, Failure>(Cell { name: name.to_owned(), size: thousands(size), values })
            };
            match *words {
                ["time", "id", name, size, ref values @ ..] => {
                    figures.ids.push(cell(name, size, values)?);
                }
                ["time", "check", name, size, ref values @ ..] => {
                    figures.checks.push(cell(name, size, values)?);
                }
                ["memory", name, size, ref values @ ..] => {
                    figures.memory.push(cell(name, size, values)?);
                }
                ["load", size, ref values @ ..] => figures.loads.push(cell(OURS, size, values)?),
                ["note", note] => figures.notes.push(note.to_owned()),
                _ => return Err(unreadable()),
            }
        }
        Ok(figures)
    }

    fn tables(&self) -> Vec<Table> {
        let time = |cell: &Cell| match *cell.values {
            [median, low, high] => format!("{} ({}–{})", nanos(median), nanos(low), nanos(high)),
            _ => String::new(),
        };
        let bytes =
            |cell: &Cell| cell.values.first().map_or_else(String::new, |b| format!("{b:.2}"));
        let load = |cell: &Cell| match *cell.values {
            [bytes, export, import] => {
                format!("{:.1} MB, {export:.0} ms, {import:.0} ms", bytes / 1e6)
            }
            _ => String::new(),
        };
        vec![
            self.table("The id alone, ns: median (a tenth lies below, above)", &self.ids, time),
            self.table("A whole check, ns: median (a tenth lies below, above)", &self.checks, time),
            self.table("Memory, bytes for each revoked id", &self.memory, bytes),
            self.table("A snapshot: size, time to make it, time to load it", &self.loads, load),
        ]
    }

    fn table(&self, title: &str, cells: &[Cell], show: impl Fn(&Cell) -> String) -> Table {
        let mut sizes: Vec<&str> = Vec::new();
        for cell in &self.ids {
            if !sizes.contains(&cell.size.as_str()) {
                sizes.push(&cell.size);
            }
        }
        Table::matrix(title, &sizes, cells.iter(), |cell| (&cell.name, &cell.size), show)
    }
}

/// `10000` as `10 k`, `1000000` as `1 M`.
fn thousands(size: &str) -> String {
    match size.strip_suffix("000000") {
        Some(millions) => format!("{millions} M"),
        None => format!("{} k", size.strip_suffix("000").unwrap_or(size)),
    }
}

fn nanos(nanos: f64) -> String {
    if nanos < 100.0 { format!("{nanos:.1}") } else { format!("{nanos:.0}") }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::bench::around;
    use crate::run::root;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }

    #[test]
    fn a_line_becomes_a_cell_and_a_line_of_something_else_is_an_error() {
        let figures = Figures::read("time\tid\tours\t1000000\t8.25\t7\t123.4\n").unwrap();
        let [ids, ..] = &figures.tables()[..] else { panic!("no tables") };

        assert!(ids.text().contains("1 M\nours  8.2 (7.0–123)"), "{}", ids.text());
        assert!(Figures::read("time\tid\n").is_err());
    }
}
