//! Ending sessions: the rows, the confidential data, and the revocations, in one transaction.

use rusqlite::params;
use tokenward::{Audience, SessionId, Subject, TokenVersion, UnixTime};
use tokenward_revocation::{NewRevocation, Scope};
use tokenward_sessions::{BumpVersion, EndReason};

use super::{create, reach, rows};
use crate::fault::Fault;
use crate::revocations;
use crate::value::{Columns, limit, millis, names, number};
use crate::writer::Tx;

/// Why and when, and for how long it must be remembered.
pub(crate) struct Ending {
    pub(crate) why: EndReason,
    pub(crate) now: UnixTime,
    pub(crate) keep_until: UnixTime,
}

pub(super) fn end(
    tx: &Tx<'_>,
    id: &SessionId,
    fence: Option<&[Audience]>,
    ending: &Ending,
) -> Result<bool, Fault> {
    let Some(found) = rows::by_id(tx, id)? else { return Ok(false) };
    let session = &found.session;
    if !session.is_live(ending.now) {
        return Ok(false);
    }
    if let Some(fence) = fence.filter(|fence| !fence.contains(&session.audience)) {
        reach::bar(tx, found.row, fence)?;
        return Ok(false);
    }
    end_one(tx, found.row, &session.id, &session.audience, ending)?;
    Ok(true)
}

pub(super) fn end_all(
    tx: &Tx<'_>,
    subject: &Subject,
    fence: Option<&[Audience]>,
    except: Option<&SessionId>,
    ending: &Ending,
) -> Result<u64, Fault> {
    let live = live_of(tx, subject, fence, except, ending.now)?;
    for (row, id, audience) in &live {
        end_one(tx, *row, id, audience, ending)?;
    }
    Ok(crate::value::count(live.len()))
}

/// Ends up to `most` live sessions whose rows come after `after`: the last row and how many; `None` if none
/// is left.
pub(super) fn end_slice(
    tx: &Tx<'_>,
    fence: Option<&str>,
    after: i64,
    why: EndReason,
    now: UnixTime,
    most: usize,
) -> Result<Option<(i64, u64)>, Fault> {
    let sql = "SELECT id FROM sessions WHERE id > ?1 AND ended_at IS NULL AND ends_at > ?2
               AND (?3 IS NULL OR audience IN (SELECT value FROM json_each(?3)))
               ORDER BY id LIMIT ?4";
    let mut statement = tx.prepare_cached(sql)?;
    let rows =
        statement.query_map(params![after, millis(now), fence, limit(most)], |row| row.get(0))?;
    let live = rows.collect::<Result<Vec<i64>, _>>()?;
    for row in &live {
        mark_ended(tx, *row, why, now)?;
    }
    Ok(live.last().map(|last| (*last, crate::value::count(live.len()))))
}

pub(super) fn bump_version(tx: &Tx<'_>, bump: &BumpVersion) -> Result<TokenVersion, Fault> {
    if let Some(earlier) = create::replay(tx, bump.idempotency.as_ref(), bump.now)? {
        return Ok(earlier.version);
    }
    let below = rows::version(tx, &bump.subject)?.next();
    let sql = "INSERT INTO subjects (subject, version, keep_until) VALUES (?1, ?2, ?3)
               ON CONFLICT (subject) DO UPDATE SET version = excluded.version,
               keep_until = MAX(keep_until, excluded.keep_until)";
    let keep_until = millis(bump.keep_until);
    let row = params![bump.subject.as_str(), number(below.get()), keep_until];
    tx.prepare_cached(sql)?.execute(row)?;
    let fence = bump.audiences.as_deref();
    let except = bump.except_session.as_ref();
    for (row, ..) in live_of(tx, &bump.subject, fence, except, bump.now)? {
        // No revocation of each: their access tokens are below the floor.
        mark_ended(tx, row, EndReason::VersionBumped, bump.now)?;
    }
    let floors = match fence {
        None => vec![None],
        Some(fence) => fence.iter().cloned().map(Some).collect(),
    };
    for audience in floors {
        let scope = Scope::Version { subject: bump.subject.clone(), below };
        let revocation = NewRevocation {
            audience,
            scope,
            ends_at: bump.keep_until,
            at: bump.now,
            reason: Some(EndReason::VersionBumped.to_string()),
            by: bump.by.clone(),
        };
        revocations::append(tx, &revocation)?;
    }
    create::remember(tx, bump.idempotency.as_ref(), below)?;
    Ok(below)
}

/// Ends one session that lives, and revokes its access tokens.
pub(super) fn end_one(
    tx: &Tx<'_>,
    row: i64,
    id: &SessionId,
    audience: &Audience,
    ending: &Ending,
) -> Result<(), Fault> {
    mark_ended(tx, row, ending.why, ending.now)?;
    let revocation = NewRevocation {
        audience: Some(audience.clone()),
        scope: Scope::Session(id.clone()),
        ends_at: ending.keep_until,
        at: ending.now,
        reason: Some(ending.why.to_string()),
        by: "sessions".to_owned(),
    };
    revocations::append(tx, &revocation)
}

fn mark_ended(tx: &Tx<'_>, row: i64, why: EndReason, now: UnixTime) -> Result<(), Fault> {
    let sql = "UPDATE sessions SET ended_at = ?2, end_reason = ?3 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![row, millis(now), why.as_str()])?;
    // Also where the end of the session itself is covered by a floor: that is of its own audience.
    reach::revoke_elsewhere(tx, row, why, now)?;
    tx.prepare_cached("DELETE FROM session_private WHERE session = ?1")?.execute([row])?;
    let sql = "UPDATE families SET sealed = NULL, sealed_until = NULL
               WHERE session = ?1 AND sealed_until IS NOT NULL";
    tx.prepare_cached(sql)?.execute([row])?;
    Ok(())
}

type LiveSession = (i64, SessionId, Audience);

fn live_of(
    tx: &Tx<'_>,
    subject: &Subject,
    fence: Option<&[Audience]>,
    except: Option<&SessionId>,
    now: UnixTime,
) -> Result<Vec<LiveSession>, Fault> {
    let sql = "SELECT id, sid, audience FROM sessions
               WHERE subject = ?1 AND ended_at IS NULL AND ends_at > ?2 AND sid IS NOT ?3
               AND (?4 IS NULL OR audience IN (SELECT value FROM json_each(?4)))";
    let mut statement = tx.prepare_cached(sql)?;
    let params =
        params![subject.as_str(), millis(now), except.map(SessionId::as_str), fence.map(names),];
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Columns::of("sessions", row);
        found.push((row.get("id")?, row.parse("sid")?, row.parse("audience")?));
    }
    Ok(found)
}
