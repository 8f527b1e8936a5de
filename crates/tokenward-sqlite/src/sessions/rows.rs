//! Sessions as rows.

use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde_json::Value;
use tokenward::{SessionId, Subject, TokenVersion};
use tokenward_sessions::{Begun, CredentialId, Ended, KnownToken, PasskeyUse, Session};

use crate::fault::Fault;
use crate::value::{self, Columns};

const TABLE: &str = "sessions";

/// A session with its row number.
pub(super) struct Found {
    pub(super) row: i64,
    pub(super) session: Session,
}

/// The text of a query for whole sessions. Its subject's version is of the same instant.
pub(super) fn select(condition: &str) -> String {
    format!(
        "SELECT s.*, f.last_used_at, coalesce(v.version, 1) AS version
         FROM sessions s
         LEFT JOIN families f ON f.session = s.id
         LEFT JOIN subjects v ON v.subject = s.subject
         WHERE {condition}"
    )
}

pub(super) fn by_id(conn: &Connection, id: &SessionId) -> Result<Option<Found>, Fault> {
    let mut statement = conn.prepare_cached(&select("s.sid = ?1"))?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(found).transpose()
}

pub(super) fn by_refresh(conn: &Connection, hash: &[u8; 32]) -> Result<Option<Found>, Fault> {
    let of_token = "s.id = (SELECT session FROM refresh_tokens WHERE hash = ?1)";
    let mut statement = conn.prepare_cached(&select(of_token))?;
    let mut rows = statement.query([hash])?;
    rows.next()?.map(found).transpose()
}

/// The session of a refresh token, and what its family knows of that.
pub(super) fn of_refresh(
    conn: &Connection,
    hash: &[u8; 32],
) -> Result<Option<(Session, KnownToken)>, Fault> {
    let Some(Found { row, session }) = by_refresh(conn, hash)? else { return Ok(None) };
    Ok(known(conn, row, hash)?.map(|token| (session, token)))
}

pub(super) fn sessions(
    conn: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<Session>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(found(row)?.session);
    }
    Ok(sessions)
}

/// As [`sessions`], with what is told of those that began.
pub(super) fn begun(
    conn: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<Begun>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut begun = Vec::new();
    while let Some(row) = rows.next()? {
        let new_device_beside = Columns::of(TABLE, row).get("new_beside")?;
        let Found { row, session } = found(row)?;
        let number = value::unsigned(TABLE, row)?;
        begun.push(Begun { number, session, new_device_beside });
    }
    Ok(begun)
}

/// What the family of the session in `row` knows of a token that is, or was, of this family.
pub(super) fn known(
    conn: &Connection,
    row: i64,
    hash: &[u8; 32],
) -> Result<Option<KnownToken>, Fault> {
    let mut statement = conn.prepare_cached("SELECT * FROM families WHERE session = ?1")?;
    let mut rows = statement.query([row])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let row = Columns::of("families", row);
    let current_ends_at = row.time("current_ends_at")?;
    if row.get::<[u8; 32]>("current_hash")? == *hash {
        return Ok(Some(KnownToken::Current { ends_at: current_ends_at }));
    }
    match (row.get::<Option<[u8; 32]>>("previous_hash")?, row.time_or_none("previous_at")?) {
        (Some(previous), Some(at)) if previous == *hash => Ok(Some(KnownToken::Spent {
            at,
            sealed: row.get("sealed")?,
            successor_ends_at: current_ends_at,
            was_bound: was_bound(conn, hash)?,
        })),
        _ => Ok(Some(KnownToken::LongSpent { was_bound: was_bound(conn, hash)? })),
    }
}

fn was_bound(conn: &Connection, hash: &[u8; 32]) -> Result<bool, Fault> {
    let sql = "SELECT was_bound FROM refresh_tokens WHERE hash = ?1";
    let found = conn.prepare_cached(sql)?.query_row([hash], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(false))
}

pub(super) fn version(conn: &Connection, subject: &Subject) -> Result<TokenVersion, Fault> {
    let mut statement = conn.prepare_cached("SELECT version FROM subjects WHERE subject = ?1")?;
    let number: Option<i64> =
        statement.query_row([subject.as_str()], |row| row.get(0)).optional()?;
    let Some(number) = number else { return Ok(TokenVersion::FIRST) };
    value::unsigned("subjects", number).map(TokenVersion::new)
}

/// Deletes up to `most` sessions whose natural end was before `old`, with their families; how many. The
/// refresh tokens stay for as long as reuse is to be noticed.
pub(super) fn delete_ended_before(
    conn: &Connection,
    old: i64,
    most: usize,
) -> Result<usize, Fault> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM sessions WHERE ends_at < ?1 LIMIT ?2")?;
    let ids = statement.query_map((old, value::limit(most)), |row| row.get::<_, i64>(0))?;
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    for id in &ids {
        conn.prepare_cached("DELETE FROM families WHERE session = ?1")?.execute([id])?;
        conn.prepare_cached("DELETE FROM session_private WHERE session = ?1")?.execute([id])?;
        conn.prepare_cached("DELETE FROM session_reaches WHERE session = ?1")?.execute([id])?;
        conn.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])?;
    }
    Ok(ids.len())
}

fn found(row: &Row<'_>) -> Result<Found, Fault> {
    let row = Columns::of(TABLE, row);
    let claims: String = row.get("claims")?;
    let Ok(Value::Object(claims)) = serde_json::from_str(&claims) else {
        return Err(Fault::row(TABLE, "its claims are no JSON object"));
    };
    let why = row.parse_or_none("end_reason")?;
    let ended = row.time_or_none("ended_at")?.zip(why).map(|(at, why)| Ended { at, why });
    let created_at = row.time("created_at")?;
    Ok(Found {
        row: row.get("id")?,
        session: Session {
            id: row.parse("sid")?,
            subject: row.parse("subject")?,
            audience: row.parse("audience")?,
            client_id: row.parse("client_id")?,
            scope: row.parse("scope")?,
            claims,
            device: row.get("device")?,
            delivery: row.parse("delivery")?,
            refresh_mode: row.parse("refresh_mode")?,
            bound_to: row.parse_or_none("bound_to")?,
            created_at,
            auth_time: row.time("auth_time")?,
            ends_at: row.time("ends_at")?,
            last_used_at: row.time_or_none("last_used_at")?.unwrap_or(created_at),
            ended,
            passkey: passkey_use(&row)?,
            version: row.version("version")?,
        },
    })
}

fn passkey_use(row: &Columns<'_>) -> Result<Option<PasskeyUse>, Fault> {
    let held = row.get::<Option<Vec<u8>>>("passkey")?.zip(row.time_or_none("passkey_at")?);
    let Some((id, at)) = held else { return Ok(None) };
    let credential = CredentialId::new(&id).map_err(|why| Fault::row(TABLE, &why))?;
    Ok(Some(PasskeyUse { credential, at }))
}
