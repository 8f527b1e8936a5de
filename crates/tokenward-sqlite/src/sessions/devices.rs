//! Devices that are known, and sessions in the order in which they began.

use rusqlite::{Connection, OptionalExtension, params};
use tokenward_sessions::{Begun, DEVICE_MEMORY, DEVICES, NewSession};

use super::rows;
use crate::fault::Fault;
use crate::value::{self, limit, millis, number};
use crate::writer::Tx;

/// Remembers the device of a session that begins; where it was not known, how many others were.
pub(super) fn meet(tx: &Tx<'_>, new: &NewSession) -> Result<Option<u32>, Fault> {
    let (owner, now) = (new.device_mark.owner, millis(new.created_at));
    let sql = "SELECT count(*) FROM devices WHERE owner = ?1 AND until > ?2";
    let known: u32 = tx.prepare_cached(sql)?.query_row(params![owner, now], |row| row.get(0))?;
    // What nothing tells from others is new each time, and not worth remembering.
    let Some(mark) = new.device_mark.device else { return Ok(Some(known)) };
    let sql = "SELECT 1 FROM devices WHERE owner = ?1 AND mark = ?2 AND until > ?3";
    let is_known = tx.prepare_cached(sql)?.exists(params![owner, mark, now])?;
    let sql = "INSERT INTO devices (owner, mark, until) VALUES (?1, ?2, ?3)
               ON CONFLICT (owner, mark) DO UPDATE SET until = max(until, excluded.until)";
    let until = millis(new.ends_at.saturating_add(DEVICE_MEMORY));
    tx.prepare_cached(sql)?.execute(params![owner, mark, until])?;
    let sql =
        "DELETE FROM devices WHERE id IN (SELECT id FROM devices WHERE owner = ?1 AND mark <> ?2
               ORDER BY until DESC, id DESC LIMIT -1 OFFSET ?3)";
    tx.prepare_cached(sql)?.execute(params![owner, mark, limit(DEVICES.saturating_sub(1))])?;
    Ok((!is_known).then_some(known))
}

pub(super) fn head(conn: &Connection) -> Result<u64, Fault> {
    // What AUTOINCREMENT counts with: it stays when rows are pruned.
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'sessions'";
    let last: Option<i64> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    value::unsigned("sessions", last.unwrap_or_default())
}

pub(super) fn since(conn: &Connection, after: u64, most: usize) -> Result<Vec<Begun>, Fault> {
    let sql = rows::select("s.id > ?1 ORDER BY s.id LIMIT ?2");
    rows::begun(conn, &sql, params![number(after), limit(most)])
}
