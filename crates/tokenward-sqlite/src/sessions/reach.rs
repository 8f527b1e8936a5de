//! Where else tokens of a session went, and that its end reaches them.

use rusqlite::params;
use tokenward::{Audience, SessionId, UnixTime};
use tokenward_revocation::{NewRevocation, Scope};
use tokenward_sessions::EndReason;

use super::rows;
use crate::fault::Fault;
use crate::revocations;
use crate::value::{Columns, millis};
use crate::writer::Tx;

/// The `until` of an audience into which no token of the session goes again. It outlives the session's row.
const BARRED: i64 = i64::MAX;

pub(super) fn reach(
    tx: &Tx<'_>,
    id: &SessionId,
    audience: &Audience,
    now: UnixTime,
    until: UnixTime,
) -> Result<bool, Fault> {
    let Some(found) = rows::by_id(tx, id)? else { return Ok(false) };
    if !found.session.is_live(now) {
        return Ok(false);
    }
    if found.session.audience != *audience {
        let sql =
            "SELECT 1 FROM session_reaches WHERE session = ?1 AND audience = ?2 AND until = ?3";
        let mut statement = tx.prepare_cached(sql)?;
        if statement.exists(params![found.row, audience.as_str(), BARRED])? {
            return Ok(false);
        }
        let sql = "INSERT INTO session_reaches (session, audience, until) VALUES (?1, ?2, ?3)
                   ON CONFLICT (session, audience) DO UPDATE SET until = max(until, excluded.until)";
        tx.prepare_cached(sql)?.execute(params![found.row, audience.as_str(), millis(until)])?;
    }
    Ok(true)
}

/// Keeps the tokens of the session in `row` out of `audiences` from now on. What is there already is for the
/// revocation that goes along with this to refuse.
pub(super) fn bar(tx: &Tx<'_>, row: i64, audiences: &[Audience]) -> Result<(), Fault> {
    let sql = "INSERT INTO session_reaches (session, audience, until) VALUES (?1, ?2, ?3)
               ON CONFLICT (session, audience) DO UPDATE SET until = excluded.until";
    let mut statement = tx.prepare_cached(sql)?;
    for audience in audiences {
        statement.execute(params![row, audience.as_str(), BARRED])?;
    }
    Ok(())
}

/// Revokes the session in `row` wherever else its tokens went; its own audience is the caller's matter.
pub(super) fn revoke_elsewhere(
    tx: &Tx<'_>,
    row: i64,
    why: EndReason,
    now: UnixTime,
) -> Result<(), Fault> {
    let sql = "SELECT s.sid, r.audience, r.until FROM session_reaches r JOIN sessions s ON s.id = r.session
               WHERE r.session = ?1 AND r.until > ?2 AND r.until < ?3 ORDER BY r.audience";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![row, millis(now), BARRED])?;
    while let Some(row) = rows.next()? {
        let row = Columns::of("session_reaches", row);
        let revocation = NewRevocation {
            audience: Some(row.parse("audience")?),
            scope: Scope::Session(row.parse("sid")?),
            ends_at: row.time("until")?,
            at: now,
            reason: Some(why.to_string()),
            by: "sessions".to_owned(),
        };
        revocations::append(tx, &revocation)?;
    }
    Ok(())
}
