//! What commands print: tables for people, JSON for programs, color where it is wanted.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal, Read as _, Write};

use clap::ValueEnum;
use serde::Serialize;
use tokenward_audit::report::is_hidden;
// A subject may hold what turns the writing around or ends the line, and would make one row read like another.
pub(crate) use tokenward_audit::report::shown;

use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// `--format`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For code-scanning views; of `audit` alone.
    Sarif,
    /// For CI systems that show tests; of `audit` alone.
    Junit,
    /// For a comment on a pull request; of `audit` alone.
    Markdown,
    /// One page, with a chart; of `audit` alone.
    Html,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set or it can show none.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to color what goes to standard error.
    pub(crate) fn on_stderr(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => io::stderr().is_terminal() && !no_color(),
        }
    }

    fn on_stdout(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => io::stdout().is_terminal() && !no_color(),
        }
    }
}

/// Standard output, and how it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
    bold: bool,
}

impl Output {
    pub(crate) fn new(format: Format, color: Color) -> Self {
        Self { format, bold: format == Format::Text && color.on_stdout() }
    }

    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Whether it is a format of `audit` alone.
    pub(crate) const fn is_for_audits(self) -> bool {
        matches!(self.format, Format::Sarif | Format::Junit | Format::Markdown | Format::Html)
    }

    pub(crate) fn format(self) -> Format {
        self.format
    }

    /// Whether text may be colored.
    pub(crate) fn is_colored(self) -> bool {
        self.bold
    }

    /// One line, as it is.
    #[expect(clippy::unused_self, reason = "whoever prints an answer was handed the output")]
    pub(crate) fn line(self, text: impl AsRef<str>) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", text.as_ref())?;
        stdout.flush()?;
        Ok(())
    }

    /// `value` as JSON, indented.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::because("the answer cannot be shown", &error))?;
        self.line(visible(&text))
    }

    /// `value` as JSON, or `text` for people, as `--format` says.
    pub(crate) fn either(
        self,
        value: &impl Serialize,
        text: impl AsRef<str>,
    ) -> Result<(), Failure> {
        if self.is_json() { self.json(value) } else { self.line(text) }
    }

    /// A table with a heading; `none` stands for one without rows.
    pub(crate) fn table<const N: usize>(
        self,
        heading: [&str; N],
        rows: &[[String; N]],
        none: &str,
    ) -> Result<(), Failure> {
        if rows.is_empty() {
            return self.line(none);
        }
        let rows: Vec<_> = rows.iter().map(|row| row.each_ref().map(|cell| shown(cell))).collect();
        let mut widths = heading.map(|cell| cell.chars().count());
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let heading = aligned(heading.iter().copied(), &widths);
        self.line(if self.bold { format!("\x1b[1m{heading}\x1b[0m") } else { heading })?;
        for row in &rows {
            self.line(aligned(row.iter().map(String::as_str), &widths))?;
        }
        Ok(())
    }
}

/// Writes a line for the operator to standard error; nobody is left to hear of a failure there.
pub(crate) fn note(text: impl AsRef<str>) {
    let mut stderr = io::stderr().lock();
    for line in text.as_ref().lines() {
        drop(writeln!(stderr, "{}", shown(line)));
    }
}

/// JSON in which what nobody would see is escaped; such signs stand in its strings alone.
fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_hidden(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _written = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Asks whoever sits at the terminal; where nobody does, whoever wrote the command has decided.
pub(crate) fn agreed(question: &str) -> Result<bool, Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(true);
    }
    ask(question)
}

/// Asks on standard error; anything but a yes is a no.
pub(crate) fn ask(question: &str) -> Result<bool, Failure> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    // The end of the input is no answer.
    io::stdin().lock().take(LONGEST_ANSWER).read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

const LONGEST_ANSWER: u64 = 64;

fn no_color() -> bool {
    // https://no-color.org: set and not empty. A dumb terminal shows what should color it.
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb")
}

fn aligned<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.zip(widths) {
        line.push_str(cell);
        let gap = width.saturating_sub(cell.chars().count()).saturating_add(2);
        line.extend(std::iter::repeat_n(' ', gap));
    }
    line.trim_end().to_owned()
}
