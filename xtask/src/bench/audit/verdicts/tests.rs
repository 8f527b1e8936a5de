use std::collections::BTreeSet;

use super::super::{packages, sources};
use super::*;

#[test]
fn every_verdict_is_of_a_listed_package_and_its_rule_is_one_of_ours() {
    let listed: BTreeSet<String> = ["packages.txt", "measured.txt"]
        .iter()
        .flat_map(|list| packages::listed(&sources(list)).unwrap())
        .map(|package| package.folder())
        .collect();
    let rules = crate::run::root().join("crates/tokenward-audit/rules");

    let verdicts = Verdicts::read(&sources("verdicts.tsv")).unwrap();

    assert!(verdicts.0.len() > 200, "{}", verdicts.0.len());
    for (finding, pair) in &verdicts.0 {
        assert!(listed.contains(&finding.package), "{finding:?}");
        assert!(rules.join(&finding.rule).is_dir(), "{finding:?}");
        assert_ne!(*pair, [Verdict::Open; 2], "nobody says anything: {finding:?}");
    }
}

#[test]
fn a_finding_has_the_verdicts_of_its_place() {
    let verdicts = read("true\tfalse", &[10, 40]);

    assert_eq!(verdicts.of(&[at(40), at(10)]), [[Verdict::True, Verdict::False]; 2]);
}

#[test]
fn one_that_moved_a_little_keeps_its_verdict_and_one_far_away_has_none() {
    let verdicts = read("debatable\t", &[10]);

    assert_eq!(verdicts.of(&[at(30)]), [[Verdict::Debatable, Verdict::Open]]);
    assert_eq!(verdicts.of(&[at(31)]), [[Verdict::Open; 2]]);
}

#[test]
fn a_verdict_counts_once_for_the_nearest() {
    let verdicts = read("true\ttrue", &[10]);

    assert_eq!(verdicts.of(&[at(12), at(11)]), [[Verdict::Open; 2], [Verdict::True; 2]]);
}

#[test]
fn another_rule_file_or_package_is_not_meant() {
    let verdicts = read("true\ttrue", &[10]);
    for other in [
        Finding { rule: "no-expiry".to_owned(), ..at(10) },
        Finding { file: "b.js".to_owned(), ..at(10) },
        Finding { package: "npm/two-1.0.0".to_owned(), ..at(10) },
    ] {
        assert_eq!(verdicts.of(&[other]), [[Verdict::Open; 2]]);
    }
}

#[test]
fn a_row_without_a_place_or_with_another_word_is_none() {
    for line in [
        "",
        "npm one@1.0.0\tno-expiry\ta.js\ttrue\ttrue",
        "npm one@1.0.0\tno-expiry\ta.js:1\ttrue",
        "npm one@1.0.0\tno-expiry\ta.js:1\tyes\ttrue",
        "npm one@1.0.0\tno-expiry\ta.js:1\ttrue\ttrue\twhy",
        "one\tno-expiry\ta.js:1\ttrue\ttrue",
    ] {
        assert_eq!(row(line), None, "{line}");
    }
}

#[test]
fn each_verdict_is_counted_for_itself() {
    let said = [Verdict::True, Verdict::Open, Verdict::False, Verdict::Debatable, Verdict::True];

    assert_eq!(Count::of(said.into_iter()).cells(), ["2", "1", "1", "1"]);
}

fn read(said: &str, lines: &[u64]) -> Verdicts {
    let rows = lines
        .iter()
        .map(|line| row(&format!("npm one@1.0.0\thardcoded-secret\ta.js:{line}\t{said}")).unwrap());
    Verdicts(rows.collect())
}

fn at(line: u64) -> Finding {
    let text = |text: &str| text.to_owned();
    Finding {
        package: text("npm/one-1.0.0"),
        rule: text("hardcoded-secret"),
        file: text("a.js"),
        line,
    }
}
