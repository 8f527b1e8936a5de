//! Events for receivers: rows that are there until the receiver has them.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde_json::Value;
use tokenward::{Audience, BackendError, Jti, UnixTime};
use tokenward_revocation::{EventKind, EventSource, EventStore, OutgoingEvent, Seq};

use crate::fault::Fault;
use crate::store::{SLICE, SqliteStore};
use crate::value::{Columns, count, limit, millis, names, number, unsigned};
use crate::writer::Tx;

const TABLE: &str = "events";

#[async_trait]
impl EventStore for SqliteStore {
    async fn events_head(&self, source: EventSource) -> Result<Option<Seq>, BackendError> {
        self.read(move |conn| head(conn, source)).await
    }

    async fn add_events(
        &self,
        source: EventSource,
        from: Option<Seq>,
        to: Seq,
        events: Vec<OutgoingEvent>,
    ) -> Result<(), BackendError> {
        self.write(move |tx| {
            if head(tx, source)? != from {
                return Err(Fault::Conflict("what is to be told has become events meanwhile"));
            }
            let sql = "INSERT OR REPLACE INTO event_heads (source, seq) VALUES (?1, ?2)";
            tx.prepare_cached(sql)?.execute(params![source.as_str(), number(to.get())])?;
            events.iter().try_for_each(|event| add(tx, event))
        })
        .await
    }

    async fn events_for(
        &self,
        receiver: &str,
        audiences: &[Audience],
        most: usize,
    ) -> Result<Vec<OutgoingEvent>, BackendError> {
        let sql = "SELECT * FROM events WHERE receiver = ?1
                   AND audience IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT ?3";
        let (receiver, audiences) = (receiver.to_owned(), names(audiences));
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query(params![receiver, audiences, limit(most)])?;
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

    async fn retain_events(&self, wanted: &[(String, Audience)]) -> Result<u64, BackendError> {
        let sql = "SELECT id FROM events WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) AS wanted
                   WHERE json_extract(wanted.value, '$[0]') = receiver
                   AND json_extract(wanted.value, '$[1]') = audience)";
        let wanted = wanted.iter().map(|(receiver, audience)| [receiver, audience.as_str()].into());
        let wanted = Value::Array(wanted.collect()).to_string();
        let rows = self.read(move |conn| ids(conn, sql, [wanted])).await?;
        self.forget(rows).await
    }

    async fn count_events(&self, receiver: &str) -> Result<u64, BackendError> {
        let receiver = receiver.to_owned();
        self.read(move |conn| waiting(conn, &receiver)).await
    }

    async fn drop_events(
        &self,
        receiver: &str,
        before: UnixTime,
        most: usize,
    ) -> Result<u64, BackendError> {
        let old = "SELECT id FROM events WHERE receiver = ?1 AND issued_at < ?2";
        let surplus = "SELECT id FROM
                       (SELECT id, row_number() OVER (PARTITION BY audience ORDER BY id DESC) AS place
                        FROM events WHERE receiver = ?1 AND issued_at >= ?2) WHERE place > ?3";
        let receiver = receiver.to_owned();
        let rows = self
            .read(move |conn| {
                let mut rows = ids(conn, old, params![receiver, millis(before)])?;
                // Counting is cheap, and nearly always enough.
                if waiting(conn, &receiver)? > count(most) {
                    rows.extend(ids(
                        conn,
                        surplus,
                        params![receiver, millis(before), limit(most)],
                    )?);
                }
                Ok(rows)
            })
            .await?;
        self.forget(rows).await
    }
}

impl SqliteStore {
    /// Deletes these events, a slice at a time: whoever revokes gets a turn in between.
    async fn forget(&self, rows: Vec<i64>) -> Result<u64, BackendError> {
        let sql = "DELETE FROM events WHERE id IN (SELECT value FROM json_each(?1))";
        let mut forgotten = 0_u64;
        for slice in rows.chunks(SLICE) {
            let slice = Value::from(slice).to_string();
            let gone = self.write(move |tx| Ok(tx.prepare_cached(sql)?.execute([slice])?)).await?;
            forgotten = forgotten.saturating_add(count(gone));
        }
        Ok(forgotten)
    }
}

fn ids(conn: &Connection, sql: &str, which: impl Params) -> Result<Vec<i64>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(which, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn waiting(conn: &Connection, receiver: &str) -> Result<u64, Fault> {
    let sql = "SELECT count(*) FROM events WHERE receiver = ?1";
    let rows: i64 = conn.prepare_cached(sql)?.query_row([receiver], |row| row.get(0))?;
    unsigned(TABLE, rows)
}

fn head(conn: &Connection, source: EventSource) -> Result<Option<Seq>, Fault> {
    let sql = "SELECT seq FROM event_heads WHERE source = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let seq: Option<i64> = statement.query_row([source.as_str()], |row| row.get(0)).optional()?;
    seq.map(|seq| unsigned("event_heads", seq).map(Seq::new)).transpose()
}

fn add(tx: &Tx<'_>, event: &OutgoingEvent) -> Result<(), Fault> {
    let sql = "INSERT INTO events
               (receiver, audience, jti, seq, happened_at, issued_at, subject_id, event, kind)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    tx.prepare_cached(sql)?.execute(params![
        event.receiver,
        event.audience.as_str(),
        event.token_id.as_str(),
        number(event.seq.get()),
        millis(event.happened_at),
        millis(event.issued_at),
        event.subject_id,
        event.event,
        event.kind.as_str(),
    ])?;
    Ok(())
}

fn event(row: &Columns<'_>) -> Result<OutgoingEvent, Fault> {
    Ok(OutgoingEvent {
        receiver: row.get("receiver")?,
        audience: row.parse("audience")?,
        kind: row.parse::<EventKind>("kind")?,
        token_id: row.parse("jti")?,
        seq: Seq::new(row.number("seq")?),
        happened_at: row.time("happened_at")?,
        issued_at: row.time("issued_at")?,
        subject_id: row.get("subject_id")?,
        event: row.get("event")?,
    })
}
