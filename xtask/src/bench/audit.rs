//! `cargo xtask bench audit`: the auditor beside semgrep, with equivalent rules, on the code of published
//! packages, and what readers said of the findings.
//!
//! The packages are those of `bench/audit/packages.txt`, on which rules were mended, and of `bench/audit/measured.txt`,
//! on which they were measured; their code is compared upon, and stays below `target/`.

mod debian;
mod packages;
mod tools;
mod tree;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::table::Table;
use super::{PageOptions, page_between};
use crate::machine;
use crate::run::{Failure, has, root, run};
use packages::Package;
use tools::{Told, Tool};
use verdicts::{Count, Finding, Pair, Verdicts};

const PAGE: &str = "docs/audit-precision.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench audit --write -->\n";
const END: &str = "<!-- end: audit -->\n";

/// As many as the auditor is measured on.
const FILES: usize = 10_000;

/// Fetches, measures and prints.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("audit", args)?;
    if !has("time") {
        crate::tools::install(&["time"])?;
    }
    let home = root().join("target/xtask/audit");
    fs::create_dir_all(&home)?;
    let python = crate::tools::python(&home.join("venv"), &sources("requirements.txt"))?;
    let listed = packages::listed(&sources("packages.txt"))?;
    let measured = packages::listed(&sources("measured.txt"))?;
    let every = [listed.as_slice(), measured.as_slice()].concat();
    let all = home.join("packages");
    let missing = packages::fetch(&every, &all, &python);
    run(Command::new(env!("CARGO")).current_dir(root()).args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "-p",
        "tokenward-audit",
        "--example",
        "audit",
    ]))?;
    let (ours, semgrep) = (Tool::ours(), Tool::semgrep(python.with_file_name("semgrep")));
    let count = if options.quick { FILES / 20 } else { FILES };
    let tree = home.join("tree");
    let files = tree::lay(&listed, &all, &tree, count)?;
    println!("{files} files in {}", tree.display());
    let beside = beside([&ours, &semgrep], &tree)?;
    let mended = alone(&ours, ("mended", &listed), &all)?;
    let measured = alone(&ours, ("measured", &measured), &all)?;
    let machine = machine::describe()?;
    println!("{machine}\n\n{}\n{}\n{}", beside.text(), mended.text(), measured.text());
    for package in &missing {
        println!("could not be had: {package}");
    }
    if options.write {
        let had = every.len().saturating_sub(missing.len());
        let figures = format!(
            "{machine}; {had} of {} packages, {files} files.\n\n{}\n{}\n{}",
            every.len(),
            beside.markdown(),
            mended.markdown(),
            measured.markdown(),
        );
        page_between(PAGE, BEGIN, END, &figures)?;
    }
    Ok(())
}

fn verdicts() -> Result<Verdicts, Failure> {
    Verdicts::read(&sources("verdicts.tsv"))
}

fn sources(name: &str) -> PathBuf {
    root().join("bench/audit").join(name)
}

/// Both tools over one tree.
fn beside(both: [&Tool; 2], tree: &Path) -> Result<Table, Failure> {
    verdicts()?;
    let told: Vec<Told> = both.iter().map(|tool| tool.over(tree, ".")).collect::<Result<_, _>>()?;
    // Again: this takes so long that somebody may have read findings meanwhile.
    let verdicts = verdicts()?;

    let mut table =
        Table::new("On the same files", &[&["", "CPU seconds"], HEAD.as_slice()].concat());
    let mut lines = String::new();
    for (tool, Told { findings, seconds, errors }) in both.into_iter().zip(told) {
        println!("{}: {seconds:.1} CPU seconds, {errors} errors", tool.name);
        let pairs = verdicts.of(&findings);
        lines.push_str(&list(tool, &findings, &pairs));
        for mut row in rows(&pairs) {
            row.splice(0..0, [tool.name.to_owned(), format!("{seconds:.1}")]);
            table.push(row);
        }
    }
    written(&tree.with_file_name("beside.tsv"), &lines)?;
    Ok(table)
}

/// The auditor over each package by itself, as the readers met it: a rule about what a whole project lacks says
/// nothing of hundreds of them in one tree.
fn alone(ours: &Tool, (name, listed): (&str, &[Package]), all: &Path) -> Result<Table, Failure> {
    let mut findings = Vec::new();
    for package in listed.iter().filter(|package| all.join(package.folder()).exists()) {
        findings.extend(ours.over(all, &package.folder())?.findings);
    }
    let pairs = verdicts()?.of(&findings);
    written(&all.with_file_name(format!("{name}.tsv")), &list(ours, &findings, &pairs))?;
    let title = format!("Each package by itself, of those on which rules were {name}");
    let mut table = Table::new(&title, &HEAD);
    for row in rows(&pairs) {
        table.push(row);
    }
    Ok(table)
}

const HEAD: [&str; 6] = ["reader", "findings", "true", "debatable", "false", "not judged"];

/// A row for each reader.
fn rows(pairs: &[Pair]) -> [Vec<String>; 2] {
    let row = |reader: &str, count: Count| {
        [vec![reader.to_owned(), pairs.len().to_string()], count.cells().to_vec()].concat()
    };
    [
        row("A", Count::of(pairs.iter().map(|[a, _]| *a))),
        row("B", Count::of(pairs.iter().map(|[_, b]| *b))),
    ]
}

/// Findings with their verdicts, for whoever reads them one by one.
fn list(tool: &Tool, findings: &[Finding], pairs: &[Pair]) -> String {
    let lines = findings.iter().zip(pairs).map(|(finding, [a, b])| {
        let Finding { package, rule, file, line } = finding;
        let (a, b) = (a.word(), b.word());
        format!("{}\t{package}\t{rule}\t{file}:{line}\t{a}\t{b}\n", tool.name)
    });
    lines.collect()
}

fn written(file: &Path, lines: &str) -> Result<(), Failure> {
    fs::write(file, format!("tool\tpackage\trule\tplace\tA\tB\n{lines}"))?;
    println!("each finding, with its verdicts: {}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdicts::Verdict;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(super::super::around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }

    #[test]
    fn each_reader_has_a_row() {
        let [a, b] = rows(&[[Verdict::True, Verdict::False], [Verdict::True, Verdict::Open]]);

        assert_eq!(a, ["A", "2", "2", "0", "0", "0"]);
        assert_eq!(b, ["B", "2", "0", "0", "1", "1"]);
    }
}
