//! Events for receivers: rows that are there until the receiver has them.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{BackendError, Jti, UnixTime};
use tokenward_revocation::{EventStore, OutgoingEvent, Seq};

use crate::fault::Fault;
use crate::store::SqliteStore;
use crate::value::{Columns, count, limit, millis, names, number, unsigned};
use crate::writer::Tx;

const TABLE: &str = "events";

#[async_trait]
impl EventStore for SqliteStore {
    async fn events_head(&self) -> Result<Option<Seq>, BackendError> {
        self.read(head).await
    }

    async fn add_events(
        &self,
        from: Option<Seq>,
        to: Seq,
        events: Vec<OutgoingEvent>,
    ) -> Result<(), BackendError> {
        self.write(move |tx| {
            if head(tx)? != from {
                return Err(Fault::Conflict("the revocations have become events meanwhile"));
            }
            let sql = "INSERT OR REPLACE INTO events_head (one, seq) VALUES (1, ?1)";
            tx.prepare_cached(sql)?.execute([number(to.get())])?;
            events.iter().try_for_each(|event| add(tx, event))
        })
        .await
    }

    async fn events_for(
        &self,
        receiver: &str,
        most: usize,
    ) -> Result<Vec<OutgoingEvent>, BackendError> {
        let sql = "SELECT * FROM events WHERE receiver = ?1 ORDER BY id LIMIT ?2";
        let receiver = receiver.to_owned();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query(params![receiver, limit(most)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(event(&Columns::of(TABLE, row))?);
            }
            Ok(found)
        })
        .await
    }

    async fn settle_events(&self, receiver: &str, events: Vec<Jti>) -> Result<u64, BackendError> {
        let sql = "DELETE FROM events WHERE receiver = ?1
                   AND jti IN (SELECT value FROM json_each(?2))";
        let receiver = receiver.to_owned();
        self.write(move |tx| {
            Ok(count(tx.prepare_cached(sql)?.execute(params![receiver, names(&events)])?))
        })
        .await
    }

    async fn count_events(&self, receiver: &str) -> Result<u64, BackendError> {
        let sql = "SELECT count(*) FROM events WHERE receiver = ?1";
        let receiver = receiver.to_owned();
        self.read(move |conn| {
            let rows: i64 = conn.prepare_cached(sql)?.query_row([receiver], |row| row.get(0))?;
            unsigned(TABLE, rows)
        })
        .await
    }

    async fn drop_events(
        &self,
        receiver: &str,
        before: UnixTime,
        most: usize,
    ) -> Result<u64, BackendError> {
        let old = "DELETE FROM events WHERE receiver = ?1 AND issued_at < ?2";
        let surplus = "DELETE FROM events WHERE receiver = ?1 AND id <=
                       (SELECT id FROM events WHERE receiver = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
        let receiver = receiver.to_owned();
        self.write(move |tx| {
            let old = tx.prepare_cached(old)?.execute(params![receiver, millis(before)])?;
            let surplus = tx.prepare_cached(surplus)?.execute(params![receiver, limit(most)])?;
            Ok(count(old.saturating_add(surplus)))
        })
        .await
    }
}

fn head(conn: &Connection) -> Result<Option<Seq>, Fault> {
    let sql = "SELECT seq FROM events_head";
    let seq: Option<i64> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    seq.map(|seq| unsigned("events_head", seq).map(Seq::new)).transpose()
}

fn add(tx: &Tx<'_>, event: &OutgoingEvent) -> Result<(), Fault> {
    let sql = "INSERT INTO events
               (receiver, audience, jti, seq, happened_at, issued_at, subject_id, event)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.prepare_cached(sql)?.execute(params![
        event.receiver,
        event.audience.as_str(),
        event.token_id.as_str(),
        number(event.seq.get()),
        millis(event.happened_at),
        millis(event.issued_at),
        event.subject_id,
        event.event,
    ])?;
    Ok(())
}

fn event(row: &Columns<'_>) -> Result<OutgoingEvent, Fault> {
    Ok(OutgoingEvent {
        receiver: row.get("receiver")?,
        audience: row.parse("audience")?,
        token_id: row.parse("jti")?,
        seq: Seq::new(row.number("seq")?),
        happened_at: row.time("happened_at")?,
        issued_at: row.time("issued_at")?,
        subject_id: row.get("subject_id")?,
        event: row.get("event")?,
    })
}
