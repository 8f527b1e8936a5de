//! Between the domain's values and SQLite's.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::FromSql;
use tokenward::{TokenVersion, UnixTime};

use crate::fault::Fault;

/// A time as a column. What no column can hold is later than anything that matters: the end of time.
pub(crate) fn millis(time: UnixTime) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A column as a number. One below zero was never written: read as zero it would bring old tokens back.
pub(crate) fn unsigned(table: &'static str, number: i64) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::row(table, "a number below zero"))
}

pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// A limit as SQLite takes it.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Reads the columns of one row by name, and says which table is at fault if one is wrong.
pub(crate) struct Columns<'a> {
    table: &'static str,
    row: &'a Row<'a>,
}

impl<'a> Columns<'a> {
    pub(crate) const fn of(table: &'static str, row: &'a Row<'a>) -> Self {
        Self { table, row }
    }

    pub(crate) fn get<T: FromSql>(&self, column: &str) -> Result<T, Fault> {
        Ok(self.row.get(column)?)
    }

    pub(crate) fn number(&self, column: &str) -> Result<u64, Fault> {
        unsigned(self.table, self.get(column)?)
    }

    pub(crate) fn version(&self, column: &str) -> Result<TokenVersion, Fault> {
        self.number(column).map(TokenVersion::new)
    }

    pub(crate) fn version_or_none(&self, column: &str) -> Result<Option<TokenVersion>, Fault> {
        let number = self.get::<Option<i64>>(column)?;
        number.map(|number| unsigned(self.table, number).map(TokenVersion::new)).transpose()
    }

    pub(crate) fn time(&self, column: &str) -> Result<UnixTime, Fault> {
        self.stored_time(self.get(column)?)
    }

    pub(crate) fn time_or_none(&self, column: &str) -> Result<Option<UnixTime>, Fault> {
        self.get::<Option<i64>>(column)?.map(|millis| self.stored_time(millis)).transpose()
    }

    fn stored_time(&self, millis: i64) -> Result<UnixTime, Fault> {
        if millis == i64::MAX {
            return Ok(UnixTime::NEVER);
        }
        unsigned(self.table, millis).map(UnixTime::from_millis)
    }

    pub(crate) fn parse<T>(&self, column: &str) -> Result<T, Fault>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.get::<String>(column)?.parse().map_err(|why| Fault::row(self.table, &why))
    }

    pub(crate) fn parse_or_none<T>(&self, column: &str) -> Result<Option<T>, Fault>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.get::<Option<String>>(column)?;
        text.map(|text| text.parse().map_err(|why| Fault::row(self.table, &why))).transpose()
    }

    /// A JSON array of names.
    pub(crate) fn set<T>(&self, column: &str) -> Result<BTreeSet<T>, Fault>
    where
        T: FromStr + Ord,
        T::Err: Display,
    {
        self.list(column)?
            .into_iter()
            .map(|name| name.parse().map_err(|why| Fault::row(self.table, &why)))
            .collect()
    }

    /// A JSON array of names, as they stand there.
    pub(crate) fn list(&self, column: &str) -> Result<Vec<String>, Fault> {
        serde_json::from_str(&self.get::<String>(column)?)
            .map_err(|why| Fault::row(self.table, &why))
    }

    pub(crate) const fn table(&self) -> &'static str {
        self.table
    }
}

/// Names as a JSON array, for one column or for `json_each`.
pub(crate) fn names<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let names = items.into_iter().map(|item| serde_json::Value::String(item.to_string()));
    serde_json::Value::Array(names.collect()).to_string()
}
