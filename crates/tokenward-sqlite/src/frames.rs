//! The frames of the revocation feeds: a chain for each audience, compared and appended.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{Audience, BackendError, UnixTime};
use tokenward_revocation::{FrameStore, Seq, StoredFrame};

use crate::fault::Fault;
use crate::store::SqliteStore;
use crate::value::{Columns, limit, millis, number, unsigned};

const TABLE: &str = "frames";

#[async_trait]
impl FrameStore for SqliteStore {
    async fn last_frame(&self, audience: &Audience) -> Result<Option<StoredFrame>, BackendError> {
        let sql = "SELECT * FROM frames WHERE audience = ?1 ORDER BY seq_to DESC LIMIT 1";
        let audience = audience.clone();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([audience.as_str()])?;
            rows.next()?.map(|row| frame(&Columns::of(TABLE, row))).transpose()
        })
        .await
    }

    async fn frames_since(
        &self,
        audience: &Audience,
        after: Seq,
        most: usize,
    ) -> Result<Vec<StoredFrame>, BackendError> {
        let sql =
            "SELECT * FROM frames WHERE audience = ?1 AND seq_to > ?2 ORDER BY seq_to LIMIT ?3";
        let audience = audience.clone();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows =
                statement.query(params![audience.as_str(), number(after.get()), limit(most)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(frame(&Columns::of(TABLE, row))?);
            }
            Ok(found)
        })
        .await
    }

    async fn append_frame(
        &self,
        audience: &Audience,
        last: Seq,
        frame: StoredFrame,
    ) -> Result<(), BackendError> {
        let audience = audience.clone();
        self.write(move |tx| {
            if head(tx, &audience)? != last || frame.seq_to <= last {
                return Err(Fault::Conflict("another frame was cut meanwhile"));
            }
            let sql = "INSERT INTO frames (audience, seq_from, seq_to, ends_at, jws)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            tx.prepare_cached(sql)?.execute(params![
                audience.as_str(),
                number(frame.seq_from.get()),
                number(frame.seq_to.get()),
                millis(frame.ends_at),
                frame.jws,
            ])?;
            Ok(())
        })
        .await
    }

    async fn prune_frames(&self, now: UnixTime) -> Result<u64, BackendError> {
        // Up to the first that has not ended: a chain with a hole in it is none.
        let sql = "WITH kept (audience, first) AS (
                       SELECT audience,
                              coalesce(min(CASE WHEN ends_at > ?1 THEN seq_to END), max(seq_to))
                       FROM frames GROUP BY audience)
                   DELETE FROM frames WHERE rowid IN (
                       SELECT frames.rowid FROM frames JOIN kept USING (audience)
                       WHERE seq_to < first LIMIT ?2)";
        self.delete_in_slices(sql, millis(now)).await
    }
}

fn head(conn: &Connection, audience: &Audience) -> Result<Seq, Fault> {
    let sql = "SELECT seq_to FROM frames WHERE audience = ?1 ORDER BY seq_to DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql)?;
    let seq: Option<i64> = statement.query_row([audience.as_str()], |row| row.get(0)).optional()?;
    unsigned(TABLE, seq.unwrap_or_default()).map(Seq::new)
}

fn frame(row: &Columns<'_>) -> Result<StoredFrame, Fault> {
    Ok(StoredFrame {
        seq_from: Seq::new(row.number("seq_from")?),
        seq_to: Seq::new(row.number("seq_to")?),
        ends_at: row.time("ends_at")?,
        jws: row.get("jws")?,
    })
}
