//! `cargo xtask bench secrets`: how many secrets the auditor tries on a token, on one core, beside the HMACs alone
//! that this takes.

use std::fs;
use std::process::Command;

use super::table::Table;
use super::{PageOptions, page_between};
use crate::machine;
use crate::run::{Failure, has, root, run};
use crate::tools;

const PAGE: &str = "docs/audit.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench secrets --write -->\n";
const END: &str = "<!-- end: secrets -->\n";

/// Tokens whose signing input is shorter than 120 bytes, signed by a secret that is on no list.
const TOKENS: [(&str, &str); 3] = [
    (
        "HS256",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwfQ.HnDwyz3_JqHl1Y4845bJIZTX93gPIbNYqFvlOq_1LQE",
    ),
    (
        "HS384",
        "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwfQ.2bGuQLI1ajTVaP88rk6Z7E9zKNhs38aOflQ1N5tW52ixwLdUFv8p8shkz6gikn0k",
    ),
    (
        "HS512",
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwfQ.K9Ao-b6rSaH5dHLLnBlesvfPo3Q8ELdrPm6u81J_-Jd6p-zP3gJICo4zj0KXNwwTLmmu506VZSO-LZOT5H7NiA",
    ),
];
/// Odd, so that there is a middle one.
const ROUNDS: usize = 5;
const COUNT: u64 = 4_000_000;

/// Measures, prints, and renews the page if it is asked to.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("secrets", args)?;
    if !has("time") {
        tools::install(&["time"])?;
    }
    let build = ["build", "--quiet", "--release", "--locked", "-p", "tokenward-audit", "--example"];
    run(Command::new(env!("CARGO")).current_dir(root()).args(build).arg("secrets"))?;
    let mut table = Table::new(
        "On one core",
        &["", "million secrets a second", "million bare HMACs a second", "of that"],
    );
    let (rounds, count) = if options.quick { (1, COUNT / 4) } else { (ROUNDS, COUNT) };
    for (name, token) in TOKENS {
        let mut found = Vec::new();
        for _ in 0..rounds {
            found.push((rate(token, count, "1")?, rate(token, count, "bare")?));
        }
        // Within a round both meet the same machine.
        found.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
        let Some((ours, bare)) = found.get(rounds / 2) else { continue };
        let share = format!("{:.0} %", 100.0 * ours / bare);
        table.push(vec![name.to_owned(), format!("{ours:.2}"), format!("{bare:.2}"), share]);
    }
    let machine = machine::describe()?;
    println!("{machine}\n\n{}", table.text());
    if options.write {
        page_between(PAGE, BEGIN, END, &format!("{machine}.\n\n{}", table.markdown()))?;
    }
    Ok(())
}

/// Millions of secrets in a second of a run's user time: as many as it says that it tried, since a word is tried in
/// each form that it can be decoded from.
fn rate(token: &str, count: u64, how: &str) -> Result<f64, Failure> {
    let file = root().join("target/xtask/secrets.time");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut timed = Command::new("time");
    timed.args(["-f", "%U", "-o"]).arg(&file);
    timed.arg(root().join("target/release/examples/secrets"));
    let output = timed.args([token, &count.to_string(), how]).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let tried = said.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
    let written = fs::read_to_string(&file)?;
    let seconds = written.lines().last().and_then(|line| line.trim().parse().ok());
    let seconds = seconds.filter(|seconds: &f64| *seconds > 0.0);
    tried.zip(seconds).map(|(tried, seconds)| tried / 1e6 / seconds).ok_or_else(|| {
        Failure::new(format!("no time in `{}`, or no count in `{}`", written.trim(), said.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(super::super::around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }
}
