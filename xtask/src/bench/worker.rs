//! A program that runs contenders as it is told: `bench/peers/harness/src/serve.rs` is its other end.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::run::Failure;

/// One contender of one program.
#[derive(Clone, Debug)]
pub(super) struct Entrant {
    /// Which of the programs it is in, and where in that program's list.
    pub(super) worker: usize,
    pub(super) index: usize,
    pub(super) algorithm: String,
    pub(super) operation: String,
    pub(super) library: String,
    pub(super) version: String,
    pub(super) variant: String,
}

/// A program to be started, and the versions of what is in it, should it not know them itself.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) command: Command,
    pub(super) versions: Vec<(String, String)>,
}

/// A started program.
#[derive(Debug)]
pub(super) struct Worker {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

/// Starts every program, and asks each for its contenders.
pub(super) fn start(programs: &mut [Program]) -> Result<(Vec<Worker>, Vec<Entrant>), Failure> {
    let mut workers = Vec::new();
    let mut entrants = Vec::new();
    for (number, program) in programs.iter_mut().enumerate() {
        let mut worker = Worker::start(&mut program.command)?;
        let mut index: usize = 0;
        loop {
            let line = worker.line()?;
            if line == "ready" {
                break;
            }
            entrants.push(Entrant::parse(&line, (number, index), &program.versions)?);
            index = index.saturating_add(1);
        }
        workers.push(worker);
    }
    Ok((workers, entrants))
}

impl Worker {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child =
            spawned.map_err(|error| Failure::new(format!("cannot run `{name}`: {error}")))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| Failure::new("a program without output"))?;
        Ok(Self { name, child, input, output: BufReader::new(output).lines() })
    }

    /// Runs each contender of `batches` (its index, how often), `repeats` times over; the nanoseconds of
    /// processor time of each in all.
    pub(super) fn run(
        &mut self,
        repeats: u32,
        batches: &[(usize, u32)],
    ) -> Result<Vec<f64>, Failure> {
        let batches: Vec<String> =
            batches.iter().map(|(index, count)| format!("{index}:{count}")).collect();
        if let Some(input) = &mut self.input {
            writeln!(input, "{repeats} {}", batches.join(" "))?;
            input.flush()?;
        }
        let line = self.line()?;
        let took: Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
        took.map_err(|_| Failure::new(format!("`{}` answered {line:?}", self.name)))
    }

    fn line(&mut self) -> Result<String, Failure> {
        let line = self.output.next();
        line.ok_or_else(|| Failure::new(format!("`{}` stopped", self.name)))?.map_err(Into::into)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The end of its input is what a program stops at.
        drop(self.input.take());
        if let Err(error) = self.child.wait() {
            println!("`{}`: {error}", self.name);
        }
    }
}

impl Entrant {
    /// What it is called in a table.
    pub(super) fn name(&self) -> String {
        let Self { library, version, variant, .. } = self;
        if version.is_empty() {
            format!("{library}, {variant}")
        } else {
            format!("{library} {version}, {variant}")
        }
    }

    fn parse(
        line: &str,
        (worker, index): (usize, usize),
        versions: &[(String, String)],
    ) -> Result<Self, Failure> {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [algorithm, operation, library, version, variant] = <[String; 5]>::try_from(fields)
            .map_err(|_| Failure::new(format!("no contender: {line:?}")))?;
        let known = || versions.iter().find(|(name, _)| *name == library);
        let version = match version.as_str() {
            "-" => known().map(|(_, version)| version.clone()).unwrap_or_default(),
            _ => version,
        };
        Ok(Self { worker, index, algorithm, operation, library, version, variant })
    }
}
