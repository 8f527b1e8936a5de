//! The tokens on the status lists: a row each, dropped with the minute in which they end.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{Audience, BackendError};
use tokenward_revocation::{DenseId, StatusEntry, StatusListId, StatusStore};

use crate::fault::Fault;
use crate::store::SqliteStore;
use crate::value::{Columns, limit, millis, number};
use crate::writer::Tx;

const TABLE: &str = "statuses";

#[async_trait]
impl StatusStore for SqliteStore {
    async fn enter_status(
        &self,
        audience: &Audience,
        entry: StatusEntry,
    ) -> Result<(), BackendError> {
        let audience = audience.clone();
        self.write(move |tx| {
            let list = open_list(tx, &audience, StatusListId::of(entry.place))?;
            // A place that is taken breaks the primary key, which is a conflict.
            let sql = "INSERT INTO statuses (list, idx, jti, sid, subject, version, issued_at, kid)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            tx.prepare_cached(sql)?.execute(params![
                list,
                entry.place.index,
                entry.token_id.as_str(),
                entry.session_id.as_ref().map(AsRef::as_ref),
                entry.subject.as_str(),
                entry.token_version.map(|version| number(version.get())),
                millis(entry.issued_at),
                entry.key_id.as_str(),
            ])?;
            Ok(())
        })
        .await
    }

    async fn statuses(
        &self,
        audience: &Audience,
        list: StatusListId,
        from: u32,
        most: usize,
    ) -> Result<Vec<StatusEntry>, BackendError> {
        let audience = audience.clone();
        self.read(move |conn| {
            let Some(row) = find_list(conn, &audience, list)? else { return Ok(Vec::new()) };
            let sql = "SELECT * FROM statuses WHERE list = ?1 AND idx >= ?2 ORDER BY idx LIMIT ?3";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query(params![row, from, limit(most)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(entry(&Columns::of(TABLE, row), list)?);
            }
            Ok(found)
        })
        .await
    }

    async fn status_lists(
        &self,
        audience: &Audience,
        from: u32,
    ) -> Result<Vec<StatusListId>, BackendError> {
        let sql = "SELECT minute, shard FROM status_lists WHERE audience = ?1 AND minute >= ?2
                   ORDER BY minute, shard";
        let audience = audience.clone();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let rows = statement.query_map(params![audience.as_str(), from], |row| {
                Ok(StatusListId { minute: row.get(0)?, shard: row.get(1)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn prune_statuses(&self, minute: u32) -> Result<u64, BackendError> {
        let entries = "DELETE FROM statuses WHERE (list, idx) IN
                       (SELECT list, idx FROM statuses
                        WHERE list IN (SELECT id FROM status_lists WHERE minute < ?1) LIMIT ?2)";
        let deleted = self.delete_in_slices(entries, i64::from(minute)).await?;
        // Only once they are empty: an entry without its list would stay for ever.
        let lists = "DELETE FROM status_lists WHERE id IN
                     (SELECT id FROM status_lists WHERE minute < ?1
                      AND NOT EXISTS (SELECT 1 FROM statuses WHERE list = id) LIMIT ?2)";
        self.delete_in_slices(lists, i64::from(minute)).await?;
        Ok(deleted)
    }
}

/// The row of a list, made if there is none.
fn open_list(tx: &Tx<'_>, audience: &Audience, list: StatusListId) -> Result<i64, Fault> {
    if let Some(row) = find_list(tx, audience, list)? {
        return Ok(row);
    }
    let sql = "INSERT INTO status_lists (audience, minute, shard) VALUES (?1, ?2, ?3)";
    tx.prepare_cached(sql)?.execute(params![audience.as_str(), list.minute, list.shard])?;
    Ok(tx.last_insert_rowid())
}

fn find_list(
    conn: &Connection,
    audience: &Audience,
    list: StatusListId,
) -> Result<Option<i64>, Fault> {
    let sql = "SELECT id FROM status_lists WHERE audience = ?1 AND minute = ?2 AND shard = ?3";
    let params = params![audience.as_str(), list.minute, list.shard];
    Ok(conn.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?)
}

fn entry(row: &Columns<'_>, list: StatusListId) -> Result<StatusEntry, Fault> {
    Ok(StatusEntry {
        place: DenseId { minute: list.minute, shard: list.shard, index: row.get("idx")? },
        token_id: row.parse("jti")?,
        session_id: row.parse_or_none("sid")?,
        subject: row.parse("subject")?,
        token_version: row.version_or_none("version")?,
        issued_at: row.time("issued_at")?,
        key_id: row.parse("kid")?,
    })
}
