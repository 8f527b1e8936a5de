//! What passkeys do to sessions.

use rusqlite::params;
use tokenward::{SessionId, UnixTime};
use tokenward_sessions::{Asserted, Passkey, Session};

use super::end::{self, Ending};
use super::rows;
use crate::fault::Fault;
use crate::value::{Columns, count, millis};
use crate::writer::Tx;

/// The session `id` with its row number, if it lives at `now`.
pub(crate) fn live(
    tx: &Tx<'_>,
    id: &SessionId,
    now: UnixTime,
) -> Result<Option<(i64, Session)>, Fault> {
    let found = rows::by_id(tx, id)?.filter(|found| found.session.is_live(now));
    Ok(found.map(|found| (found.row, found.session)))
}

/// Writes down which passkey has signed for a session.
pub(crate) fn hold_with(tx: &Tx<'_>, row: i64, asserted: &Asserted) -> Result<(), Fault> {
    let sql = "UPDATE sessions SET passkey = ?2, passkey_at = ?3 WHERE id = ?1";
    let (id, at) = (asserted.credential.as_bytes(), millis(asserted.at));
    tx.prepare_cached(sql)?.execute(params![row, id, at])?;
    Ok(())
}

/// Ends the live sessions that `passkey` was the last to sign for; how many.
pub(crate) fn end_held_by(tx: &Tx<'_>, passkey: &Passkey, ending: &Ending) -> Result<u64, Fault> {
    let sql = "SELECT id, sid FROM sessions WHERE subject = ?1 AND audience = ?2 AND passkey = ?3
               AND ended_at IS NULL AND ends_at > ?4";
    let holder = &passkey.holder;
    let mut held: Vec<(i64, SessionId)> = Vec::new();
    {
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query(params![
            holder.subject.as_str(),
            holder.audience.as_str(),
            passkey.id.as_bytes(),
            millis(ending.now)
        ])?;
        while let Some(row) = rows.next()? {
            let row = Columns::of("sessions", row);
            held.push((row.get("id")?, row.parse("sid")?));
        }
    }
    for (row, id) in &held {
        end::end_one(tx, *row, id, &holder.audience, ending)?;
    }
    Ok(count(held.len()))
}
