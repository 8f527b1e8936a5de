//! Making a session, and answering a retried request as the first time.

use rusqlite::params;
use tokenward::{Thumbprint, TokenVersion, UnixTime};
use tokenward_sessions::{Created, Idempotency, NewSession};

use super::{devices, rows};
use crate::fault::Fault;
use crate::value::{Columns, millis, number};
use crate::writer::Tx;

pub(super) fn create(tx: &Tx<'_>, new: &NewSession) -> Result<Created, Fault> {
    if let Some(earlier) = replay(tx, new.idempotency.as_ref(), new.created_at)? {
        return Ok(Created::replayed(earlier.version, earlier.answer));
    }
    let version = rows::version(tx, &new.subject)?;
    let new_beside = devices::meet(tx, new)?;
    let row = insert_session(tx, new, new_beside)?;
    if let Some(sealed) = &new.private {
        let sql = "INSERT INTO session_private (session, sealed, ends_at) VALUES (?1, ?2, ?3)";
        tx.prepare_cached(sql)?.execute(params![row, sealed, millis(new.ends_at)])?;
    }
    let sql = "INSERT INTO families (session, current_hash, current_ends_at, last_used_at)
               VALUES (?1, ?2, ?3, ?4)";
    // The session's end holds whatever the caller says.
    let ends_at = new.refresh_ends_at.min(new.ends_at);
    let created_at = millis(new.created_at);
    tx.prepare_cached(sql)?.execute(params![row, new.refresh_hash, millis(ends_at), created_at])?;
    insert_token(tx, &new.refresh_hash, row, new.bound_to.is_some(), new.created_at)?;
    remember(tx, new.idempotency.as_ref(), version)?;
    Ok(Created::new(version))
}

fn insert_session(tx: &Tx<'_>, new: &NewSession, new_beside: Option<u32>) -> Result<i64, Fault> {
    let sql = "INSERT INTO sessions
               (sid, subject, audience, client_id, scope, claims, device, delivery, refresh_mode,
                created_at, auth_time, ends_at, bound_to, new_beside)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    let claims = serde_json::to_string(&new.claims)
        .map_err(|_| Fault::Bug("claims that cannot be written as JSON"))?;
    Ok(tx.prepare_cached(sql)?.insert(params![
        new.id.as_str(),
        new.subject.as_str(),
        new.audience.as_str(),
        new.client_id.as_str(),
        new.scope.as_str(),
        claims,
        new.device,
        new.delivery.as_str(),
        new.refresh_mode.as_str(),
        millis(new.created_at),
        millis(new.auth_time),
        millis(new.ends_at),
        new.bound_to.as_ref().map(Thumbprint::as_str),
        new_beside,
    ])?)
}

pub(super) fn insert_token(
    tx: &Tx<'_>,
    hash: &[u8; 32],
    row: i64,
    is_bound: bool,
    now: UnixTime,
) -> Result<(), Fault> {
    let sql =
        "INSERT INTO refresh_tokens (hash, session, was_bound, made_at) VALUES (?1, ?2, ?3, ?4)";
    tx.prepare_cached(sql)?.execute(params![hash, row, is_bound, millis(now)])?;
    Ok(())
}

/// What an earlier request with the same key was answered.
pub(super) struct Earlier {
    pub(super) version: TokenVersion,
    pub(super) answer: Vec<u8>,
}

/// Looks for an earlier request with the same key. The same key for another request is a conflict.
pub(super) fn replay(
    tx: &Tx<'_>,
    request: Option<&Idempotency>,
    now: UnixTime,
) -> Result<Option<Earlier>, Fault> {
    let Some(request) = request else { return Ok(None) };
    let sql = "SELECT * FROM idempotency WHERE key_hash = ?1 AND ends_at > ?2";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![request.key_hash, millis(now)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let row = Columns::of("idempotency", row);
    if row.get::<[u8; 32]>("request_hash")? != request.request_hash {
        return Err(Fault::Conflict("the idempotency key was used for another request"));
    }
    let version = row.version("version")?;
    Ok(Some(Earlier { version, answer: row.get("answer")? }))
}

/// Remembers a request, so that a retry is answered the same.
pub(super) fn remember(
    tx: &Tx<'_>,
    request: Option<&Idempotency>,
    version: TokenVersion,
) -> Result<(), Fault> {
    let Some(request) = request else { return Ok(()) };
    // REPLACE: an entry that has ended but was not pruned yet makes room.
    let sql = "INSERT OR REPLACE INTO idempotency
               (key_hash, request_hash, answer, version, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.prepare_cached(sql)?.execute(params![
        request.key_hash,
        request.request_hash,
        request.sealed_answer,
        number(version.get()),
        millis(request.ends_at),
    ])?;
    Ok(())
}
