//! `cargo xtask bench gate`: what a verdict costs the gate, beside other servers that judge tokens and beside
//! one that asks nothing.
//!
//! All servers run at once on the first core, idle but for the one that is asked; who asks,
//! `tokenward-bench ask`, is on the second. Contenders take turns within each round, so a machine that slows
//! down slows everybody down; what counts is the server's own processor time.

mod contenders;
mod stage;

use std::path::Path;
use std::process::{Command, Stdio};

use self::contenders::{Contender, Role};
use self::stage::{LOAD, Stage};
use super::table::Table;
use super::{PageOptions, page_between};
use crate::machine;
use crate::run::{Failure, root};

const PAGE: &str = "docs/gate-performance.md";
const BEGIN: &str = "<!-- begin: cargo xtask bench gate --write -->\n";
const END: &str = "<!-- end -->\n";

/// Measures, prints, and renews the page if it is asked to.
pub(super) fn bench(args: &[&str]) -> Result<(), Failure> {
    let options = PageOptions::parse("gate", args)?;
    let stage = Stage::set(options.quick)?;
    let (contenders, missing) = contenders::start(&stage)?;
    let mut figures = Figures::new(&contenders);
    let (rounds, milliseconds) = if options.quick { (1, 1_000) } else { (5, 3_000) };
    for _ in 0..rounds {
        for (contender, cells) in contenders.iter().zip(&mut figures.0) {
            for (case, cells) in CASES.into_iter().zip(&mut cells.cases) {
                if case == Case::Hot || contender.role.reads_tokens() {
                    cells.push(ask(&stage, contender, case, milliseconds)?);
                }
            }
        }
    }
    let signature = stage.signature()?;
    drop(contenders);
    let tables = figures.tables(signature);
    let notes = figures.notes(signature, stage.tokens);
    let machine = machine::describe()?;
    let text: Vec<String> = tables.iter().map(Table::text).collect();
    let notes: Vec<String> = notes.into_iter().chain(missing).collect();
    println!("{machine}\n\n{}\n{}", text.join("\n"), notes.join("\n"));
    if options.write {
        let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
        let figures = format!("{machine}.\n\n{}\n- {}\n", tables.join("\n"), notes.join("\n- "));
        page_between(PAGE, BEGIN, END, &figures)?;
    }
    Ok(())
}

/// Which tokens the requests bear.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Case {
    /// One, always.
    Hot,
    /// Another one each time.
    Distinct,
}

const CASES: [Case; 2] = [Case::Hot, Case::Distinct];

/// What one turn measured.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// Requests per second of the server's processor.
    per_cpu_second: f64,
    /// Requests per second that passed.
    per_second: f64,
    p99_ms: f64,
}

/// Nanoseconds of the processor for one ES256 verification.
#[derive(Clone, Copy, Debug)]
struct Signature {
    /// By aws-lc-rs, and nothing else.
    primitive: f64,
    /// By tokenward, all that it asks of a token.
    whole: f64,
}

fn ask(stage: &Stage, to: &Contender, case: Case, milliseconds: u32) -> Result<Turn, Failure> {
    let mut command = Command::new("taskset");
    command.args(["-c", LOAD]).arg(root().join("target/release/tokenward-bench"));
    command.args(["ask", &to.address, "--path", to.path, "--tokens"]).arg(&stage.file);
    command.args(["--pid", &to.pid().to_string()]);
    command.args(["--milliseconds", &milliseconds.to_string()]);
    match case {
        Case::Hot => command.arg("--hot"),
        // Each turn goes on where the last one of this server ended, so that no cache has seen its tokens.
        Case::Distinct => command.args(["--from", &to.asked.get().to_string()]),
    };
    for header in &to.headers {
        command.args(["--header", header]);
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let turn = Turn::parse(line.trim_end(), |answers| {
        if case == Case::Distinct {
            // The warm-up asked too.
            to.asked.set(to.asked.get().saturating_add(answers).saturating_add(answers / 3));
        }
    });
    turn.ok_or_else(|| Failure::new(format!("{} could not be measured: {line}", to.name)))
}

impl Turn {
    fn parse(line: &str, count: impl FnOnce(u64)) -> Option<Self> {
        let mut words = line.split('\t');
        let mut number = || words.next()?.parse::<f64>().ok();
        let (answers, used, passed) = (number()?, number()?, number()?);
        let (_median, p99_ms) = (number()?, number()?);
        if answers < 1.0 || used <= 0.0 || passed <= 0.0 {
            return None;
        }
        count(line.split('\t').next()?.parse().ok()?);
        Some(Self { per_cpu_second: answers / used, per_second: answers / passed, p99_ms })
    }
}

/// For each contender, its name, its role and the turns of each case.
#[derive(Debug)]
struct Figures(Vec<Row>);

#[derive(Debug)]
struct Row {
    name: String,
    role: Role,
    cases: [Vec<Turn>; 2],
}

impl Row {
    fn turns(&self, case: Case) -> &[Turn] {
        let [hot, distinct] = &self.cases;
        // A server that reads no token does not notice which it is.
        if case == Case::Hot || !self.role.reads_tokens() { hot } else { distinct }
    }

    fn median(&self, case: Case, of: impl Fn(&Turn) -> f64) -> f64 {
        sorted(self.turns(case), of).get(self.turns(case).len() / 2).copied().unwrap_or_default()
    }
}

fn sorted(turns: &[Turn], of: impl Fn(&Turn) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = turns.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

impl Figures {
    fn new(contenders: &[Contender]) -> Self {
        let row = |contender: &Contender| Row {
            name: contender.name.clone(),
            role: contender.role,
            cases: [Vec::new(), Vec::new()],
        };
        Self(contenders.iter().map(row).collect())
    }

    fn tables(&self, signature: Signature) -> [Table; 2] {
        let titles = ["One token, again and again", "Another ES256 token each time"];
        let mut tables = titles.map(|title| {
            let head =
                ["", "requests per CPU second", "lowest–highest", "p99, ms", "requests a second"];
            Table::new(title, &head)
        });
        for (case, table) in CASES.into_iter().zip(&mut tables) {
            for row in &self.0 {
                let spread = sorted(row.turns(case), |turn| turn.per_cpu_second);
                let (low, high) = (spread.first().copied(), spread.last().copied());
                table.push(vec![
                    row.name.clone(),
                    count(row.median(case, |turn| turn.per_cpu_second)),
                    format!("{}–{}", count(low.unwrap_or(0.0)), count(high.unwrap_or(0.0))),
                    format!("{:.2}", row.median(case, |turn| turn.p99_ms)),
                    count(row.median(case, |turn| turn.per_second)),
                ]);
            }
        }
        let [_, distinct] = &mut tables;
        for (name, nanos) in signature.named() {
            let sum = self.with_signature(nanos).map_or_else(|| "–".to_owned(), count);
            let none = || "–".to_owned();
            let name = format!("computed: {name} and the bare HTTP server");
            distinct.push(vec![name, sum, none(), none(), none()]);
        }
        tables
    }

    /// What a server would do that spent nothing beside the bare server's time and a signature's.
    fn with_signature(&self, nanos: f64) -> Option<f64> {
        let bare = self.of(Role::Bare, Case::Hot)?;
        Some(1.0 / (1.0 / bare + nanos / 1e9))
    }

    /// The median of who has this role.
    fn of(&self, role: Role, case: Case) -> Option<f64> {
        let row = self.0.iter().find(|row| row.role == role)?;
        Some(row.median(case, |turn| turn.per_cpu_second))
    }

    fn notes(&self, signature: Signature, tokens: usize) -> Vec<String> {
        let gate = |case| self.of(Role::Gate, case).unwrap_or_default();
        let (hot, distinct) = (gate(Case::Hot), gate(Case::Distinct));
        let envoy = |case| self.of(Role::EnvoyCached, case);
        let ratios = [
            ("one token: the gate over nginx", hot, self.of(Role::Floor, Case::Hot), 0.7),
            ("one token: the gate over Envoy with its cache", hot, envoy(Case::Hot), 2.0),
            (
                "other tokens: the gate over Envoy with its cache",
                distinct,
                envoy(Case::Distinct),
                1.5,
            ),
            (
                "other tokens: the gate over aws-lc-rs's signature and the bare server",
                distinct,
                self.with_signature(signature.primitive),
                0.85,
            ),
        ];
        let mut notes = vec![format!(
            "{tokens} distinct tokens; a signature costs {:.1} µs of aws-lc-rs alone, {:.1} µs of tokenward \
             with all claims",
            signature.primitive / 1e3,
            signature.whole / 1e3
        )];
        notes.extend(ratios.into_iter().map(|(what, own, other, wanted)| match other {
            Some(other) => format!("{what}: {:.2}, wanted at least {wanted}", own / other),
            None => format!("{what}: not measured"),
        }));
        notes
    }
}

impl Signature {
    const fn named(self) -> [(&'static str, f64); 2] {
        [("aws-lc-rs's signature", self.primitive), ("tokenward's verification", self.whole)]
    }
}

/// `86.5 k`, to as many digits as mean something.
fn count(value: f64) -> String {
    if value >= 10_000.0 { format!("{:.1} k", value / 1e3) } else { format!("{value:.0}") }
}

/// A path as text, for a configuration.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::bench::around;

    #[test]
    fn the_page_has_a_place_for_the_figures() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();

        assert!(around(&page, BEGIN, END).is_some(), "{PAGE} has lost its marks");
    }

    #[test]
    fn a_turn_is_counted_by_the_time_of_the_servers_processor() {
        let turn = Turn::parse("10000\t0.50\t2.0000\t0.100\t0.250", |_| {}).unwrap();

        assert!((turn.per_cpu_second - 20_000.0).abs() < 1.0, "{turn:?}");
        assert!((turn.per_second - 5_000.0).abs() < 1.0, "{turn:?}");
        assert!(Turn::parse("10000\t0.00\t2.0000\t0.100\t0.250", |_| {}).is_none());
        assert!(Turn::parse("bench: refused", |_| {}).is_none());
    }
}
