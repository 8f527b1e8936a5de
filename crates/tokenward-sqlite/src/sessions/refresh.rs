//! Carries out what `decide` says of a presented refresh token.

use rusqlite::params;
use tokenward::Thumbprint;
use tokenward_sessions::{
    Decision, RefreshAttempt, RefreshInvalid, RefreshOutcome, Rotation, Session, decide,
};

use super::end::{self, Ending};
use super::passkeys::hold_with;
use super::rows::Found;
use super::{create, rows};
use crate::fault::Fault;
use crate::passkeys;
use crate::value::millis;
use crate::writer::Tx;

pub(super) fn refresh(tx: &Tx<'_>, attempt: &RefreshAttempt) -> Result<RefreshOutcome, Fault> {
    let hash = attempt.presented.hash();
    let unknown = Ok(RefreshOutcome::Invalid(RefreshInvalid::Unknown));
    let Some(found) = rows::by_refresh(tx, &hash)? else { return unknown };
    let Some(token) = rows::known(tx, found.row, &hash)? else { return unknown };
    let passkey = match &attempt.asserted {
        Some(asserted) => passkeys::known(tx, &found.session.passkey_holder(), asserted)?,
        None => None,
    };
    match decide(attempt, &found.session, &token, passkey.as_ref()) {
        Decision::Refuse(why) => Ok(RefreshOutcome::Invalid(why)),
        Decision::Replay { token, ends_at } => {
            note_passkey(tx, &found, attempt)?;
            let passkey = attempt.passkey_use(&found.session);
            Ok(RefreshOutcome::Renewed {
                version: found.session.version,
                session: Session { passkey, ..found.session },
                token,
                refresh_ends_at: ends_at,
                replayed: true,
            })
        }
        Decision::EndFamily(why) => {
            let Session { id, subject, audience, .. } = found.session;
            let ending = Ending { why, now: attempt.now, keep_until: attempt.keep_until };
            end::end_one(tx, found.row, &id, &audience, &ending)?;
            Ok(RefreshOutcome::Ended { why, session_id: id, subject, audience })
        }
        Decision::Rotate(rotation) => renew(tx, &hash, found, rotation, attempt),
        _ => Err(Fault::Bug("a decision on a refresh token that this store does not know")),
    }
}

fn renew(
    tx: &Tx<'_>,
    presented: &[u8; 32],
    found: Found,
    rotation: Rotation,
    attempt: &RefreshAttempt,
) -> Result<RefreshOutcome, Fault> {
    rotate(tx, found.row, presented, &rotation, attempt)?;
    if rotation.bound_to != found.session.bound_to {
        bind(tx, found.row, rotation.bound_to.as_ref())?;
    }
    note_passkey(tx, &found, attempt)?;
    let passkey = attempt.passkey_use(&found.session);
    Ok(RefreshOutcome::Renewed {
        version: found.session.version,
        session: Session {
            last_used_at: attempt.now,
            bound_to: rotation.bound_to,
            passkey,
            ..found.session
        },
        refresh_ends_at: rotation.ends_at,
        token: rotation.token,
        replayed: false,
    })
}

/// Writes down what a passkey has signed, if one has: its counter, its challenge, and that it holds the session.
fn note_passkey(tx: &Tx<'_>, found: &Found, attempt: &RefreshAttempt) -> Result<(), Fault> {
    let Some(asserted) = &attempt.asserted else { return Ok(()) };
    passkeys::note_use(tx, &found.session.passkey_holder(), asserted)?;
    hold_with(tx, found.row, asserted)
}

fn rotate(
    tx: &Tx<'_>,
    row: i64,
    presented: &[u8; 32],
    rotation: &Rotation,
    attempt: &RefreshAttempt,
) -> Result<(), Fault> {
    let now = millis(attempt.now);
    // One row: the presented token becomes the previous one, and what was sealed for its predecessor goes.
    let sql = "UPDATE families SET current_hash = ?2, current_ends_at = ?3, previous_hash = ?4,
               previous_at = ?5, sealed = ?6, sealed_until = ?7, last_used_at = ?5
               WHERE session = ?1 AND current_hash = ?4";
    let changed = tx.prepare_cached(sql)?.execute(params![
        row,
        rotation.hash,
        millis(rotation.ends_at),
        presented,
        now,
        rotation.sealed,
        millis(rotation.sealed_until),
    ])?;
    if changed != 1 {
        return Err(Fault::Bug("a refresh token was spent twice in one transaction"));
    }
    create::insert_token(tx, &rotation.hash, row, rotation.bound_to.is_some(), attempt.now)?;
    forget_sealed(tx, attempt)
}

fn bind(tx: &Tx<'_>, row: i64, key: Option<&Thumbprint>) -> Result<(), Fault> {
    let sql = "UPDATE sessions SET bound_to = ?2 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![row, key.map(Thumbprint::as_str)])?;
    Ok(())
}

/// Deletes a few sealed successors whose window is over, so that under load none outlives it for long.
/// Each refresh adds one and removes up to two; `prune` removes the rest.
fn forget_sealed(tx: &Tx<'_>, attempt: &RefreshAttempt) -> Result<(), Fault> {
    let sql = "UPDATE families SET sealed = NULL, sealed_until = NULL WHERE session IN
               (SELECT session FROM families WHERE sealed_until < ?1 LIMIT 2)";
    tx.prepare_cached(sql)?.execute([millis(attempt.now)])?;
    Ok(())
}
