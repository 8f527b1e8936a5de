//! Reads TOML a setting at a time, and remembers every problem with its line.
//!
//! **Invariant:** a key that nobody asked for is a problem, so a misspelled setting never falls back
//! to a default in silence.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::duration::{self, Human};

/// One thing that is wrong with a configuration, with its mend.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    file: String,
    line: Option<usize>,
    setting: String,
    message: String,
}

impl Problem {
    /// A problem that no line of the file is to blame for.
    pub(crate) fn new(file: &str, setting: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            setting: setting.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.setting.is_empty() {
            write!(f, ": {}", self.setting)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A configuration text under examination.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    file: String,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    /// The text of the file that messages call `file`.
    pub(crate) fn new(file: impl Into<String>, text: &'a str) -> Self {
        Self { file: file.into(), text, problems: RefCell::default() }
    }

    /// Parses the text; a syntax error is the only problem then.
    pub(crate) fn parse(&self) -> Result<Spanned<DeTable<'a>>, Vec<Problem>> {
        DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![Problem {
                file: self.file.clone(),
                line: Some(self.line(at)),
                setting: String::new(),
                message: error.message().lines().collect::<Vec<_>>().join(", "),
            }]
        })
    }

    /// The top of the parsed text.
    pub(crate) fn root<'s>(&'s self, table: &'s DeTable<'a>) -> Section<'s> {
        Section {
            source: self,
            path: String::new(),
            at: 0,
            table: Some(table),
            asked: RefCell::default(),
        }
    }

    /// `value` if nothing was wrong with the text, everything that was wrong otherwise.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        let mut problems = self.problems.into_inner();
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => {
                problems.sort_by_key(|problem| problem.line);
                Err(problems)
            }
        }
    }

    /// A table may be read twice, for itself and beside others; its problems count once.
    fn add(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.bytes().take(at);
        before.filter(|byte| *byte == b'\n').count().saturating_add(1)
    }
}

/// A table of the configuration, perhaps one that is not there: then every setting has its default.
#[derive(Debug)]
pub(crate) struct Section<'s> {
    source: &'s Source<'s>,
    path: String,
    at: usize,
    table: Option<&'s DeTable<'s>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s> Section<'s> {
    /// Whether the file has this table.
    pub(crate) fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// Whether the file has this setting.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// Whether the file has this setting, and it is a table.
    pub(crate) fn is_table(&self, key: &'static str) -> bool {
        self.value(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// The setting, parsed from its string; `None` if it is absent or wrong.
    pub(crate) fn parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let result = match value.get_ref() {
            DeValue::String(text) => parse(text),
            _ => Err("must be a string in quotes".to_owned()),
        };
        result.map_err(|message| self.problem(key, message)).ok()
    }

    /// The setting, which must be there.
    pub(crate) fn required<T>(
        &self,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.has(key) {
            self.problem(key, format!("is missing; write for example {key} = {example}"));
            return None;
        }
        self.parsed(key, parse)
    }

    /// The setting, or `default` if it is absent; `None` if it is wrong.
    pub(crate) fn or<T>(
        &self,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.has(key) { self.parsed(key, parse) } else { Some(default) }
    }

    /// A duration between the ends of `range`, both allowed.
    pub(crate) fn duration(
        &self,
        key: &'static str,
        default: Duration,
        range: [Duration; 2],
    ) -> Option<Duration> {
        let [least, most] = range;
        self.or(key, default, |text| {
            let duration = duration::parse(text)?;
            if duration > most {
                let most = Human(most);
                return Err(format!("{text} is over {most}; choose {most} or less"));
            }
            if duration < least {
                let least = Human(least);
                return Err(format!("{text} is under {least}; choose {least} or more"));
            }
            Ok(duration)
        })
    }

    /// A path, as written.
    pub(crate) fn path(&self, key: &'static str) -> Option<PathBuf> {
        self.parsed(key, |text| {
            if text.is_empty() {
                Err("is empty; name a file".to_owned())
            } else {
                Ok(Path::new(text).to_owned())
            }
        })
    }

    /// `true` or `false`; false if absent.
    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        let Some(value) = self.value(key) else { return Some(false) };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.problem(key, "must be true or false");
        }
        flag
    }

    /// A number from 1; `default` if absent.
    pub(crate) fn count(&self, key: &'static str, default: u32) -> Option<u32> {
        let Some(value) = self.value(key) else { return Some(default) };
        let number = value.get_ref().as_integer();
        let number = number.and_then(|number| number.as_str().parse().ok());
        if number.is_none_or(|number: u32| number == 0) {
            self.problem(key, "must be a whole number from 1");
            return None;
        }
        number
    }

    /// A list of strings, each parsed; empty if absent.
    pub(crate) fn list<T>(
        &self,
        key: &'static str,
        mut parse: impl FnMut(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let Some(value) = self.value(key) else { return Some(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            self.problem(key, "must be a list, for example [\"a\", \"b\"]");
            return None;
        };
        let mut parsed = Vec::new();
        for item in items {
            let result = match item.get_ref() {
                DeValue::String(text) => parse(text),
                _ => Err("must hold strings in quotes".to_owned()),
            };
            match result {
                Ok(item) => parsed.push(item),
                Err(message) => self.problem_at(&item.span(), key, message),
            }
        }
        (parsed.len() == items.len()).then_some(parsed)
    }

    /// The table `key`, which may be absent or inline.
    pub(crate) fn section(&self, key: &'static str) -> Self {
        let path = self.name_of(key);
        let absent =
            |at| Self { source: self.source, path, at, table: None, asked: RefCell::default() };
        let Some(value) = self.value(key) else { return absent(self.at) };
        if let DeValue::Table(table) = value.get_ref() {
            return Self { table: Some(table), ..absent(value.span().start) };
        }
        self.problem(key, "must be a table");
        absent(value.span().start)
    }

    /// The table `key`, which must be one; `mend` says what to write instead of something else.
    pub(crate) fn inline(&self, key: &'static str, mend: &str) -> Option<Self> {
        let is_table = matches!(self.value(key)?.get_ref(), DeValue::Table(_));
        if !is_table {
            self.problem(key, mend);
        }
        is_table.then(|| self.section(key))
    }

    /// The tables `[[key]]`, in the order of the file.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.problem(key, format!("must be written as [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                self.problem_at(&item.span(), key, format!("must be written as [[{key}]]"));
                continue;
            };
            sections.push(Self {
                source: self.source,
                path: self.name_of(key),
                at: item.span().start,
                table: Some(table),
                asked: RefCell::default(),
            });
        }
        sections
    }

    /// Notes that `key` has a problem.
    pub(crate) fn problem(&self, key: &str, message: impl Into<String>) {
        let span = self
            .table
            .and_then(|table| table.iter().find(|(name, _)| name.get_ref() == key))
            .map_or(self.at..self.at, |(name, _)| name.span());
        self.problem_at(&span, key, message);
    }

    /// Notes that this table as a whole has a problem.
    pub(crate) fn whole_problem(&self, message: impl Into<String>) {
        self.source.add(Problem {
            file: self.source.file.clone(),
            line: Some(self.source.line(self.at)),
            setting: self.path.clone(),
            message: message.into(),
        });
    }

    /// Reports the keys of this table that no one asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.into_iter().flatten() {
            if !asked.iter().any(|known| known == key.get_ref()) {
                let known = asked.join(", ");
                let message = format!("unknown setting; known here are {known}");
                self.problem_at(&key.span(), key.get_ref(), message);
            }
        }
    }

    fn problem_at(&self, span: &Range<usize>, key: &str, message: impl Into<String>) {
        // A missing setting of a missing table has no line to point at.
        let here =
            self.table.is_some() && !(self.path.is_empty() && span.start == 0 && !self.holds(key));
        self.source.add(Problem {
            file: self.source.file.clone(),
            line: here.then(|| self.source.line(span.start)),
            setting: self.name_of(key),
            message: message.into(),
        });
    }

    fn holds(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.iter().any(|(name, _)| name.get_ref() == key))
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn value(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'s>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        drop(asked);
        self.table?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }
}
