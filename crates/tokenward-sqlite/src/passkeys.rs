//! Passkeys as rows, and what is done with them in one transaction with the sessions.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokenward::{Audience, BackendError, SessionId, Subject};
use tokenward_sessions::{
    Asserted, CredentialId, EndReason, EnrolRefused, Enrolled, Enrolment, KnownPasskey, Passkey,
    PasskeyHolder, PasskeyName, PasskeyStore, Removal, RemovalBy, Removed, Session, UsedChallenge,
    judge_assertion, judge_enrolment,
};

use crate::fault::Fault;
use crate::sessions::{self, Ending};
use crate::store::SqliteStore;
use crate::value::{Columns, count, millis, names};
use crate::writer::Tx;

const TABLE: &str = "passkeys";

#[async_trait]
impl PasskeyStore for SqliteStore {
    async fn passkeys(
        &self,
        subject: &Subject,
        audiences: &[Audience],
    ) -> Result<Vec<Passkey>, BackendError> {
        let (subject, fence) = (subject.clone(), names(audiences));
        self.read(move |conn| of(conn, &subject, &fence)).await
    }

    async fn enrol(&self, enrolment: Enrolment) -> Result<Enrolled, BackendError> {
        self.write(move |tx| enrol(tx, &enrolment)).await
    }

    async fn rename(
        &self,
        holder: &PasskeyHolder,
        id: &CredentialId,
        name: &PasskeyName,
    ) -> Result<bool, BackendError> {
        let (holder, id, name) = (holder.clone(), id.clone(), name.clone());
        self.write(move |tx| {
            let sql = "UPDATE passkeys SET name = ?4
                       WHERE audience = ?1 AND credential = ?2 AND subject = ?3";
            let audience = holder.audience.as_str();
            let row = params![audience, id.as_bytes(), holder.subject.as_str(), name.as_str()];
            Ok(tx.prepare_cached(sql)?.execute(row)? == 1)
        })
        .await
    }

    async fn remove(&self, removal: Removal) -> Result<Removed, BackendError> {
        self.write(move |tx| remove(tx, &removal)).await
    }
}

/// What is known of the passkey that has signed for one of `holder`'s sessions; `None` if it is none of theirs.
pub(crate) fn known(
    conn: &Connection,
    holder: &PasskeyHolder,
    asserted: &Asserted,
) -> Result<Option<KnownPasskey>, Fault> {
    let sql = "SELECT sign_count, last_used_at FROM passkeys
               WHERE audience = ?1 AND credential = ?2 AND subject = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let id = asserted.credential.as_bytes();
    let mut rows =
        statement.query(params![holder.audience.as_str(), id, holder.subject.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let row = Columns::of(TABLE, row);
    Ok(Some(KnownPasskey {
        sign_count: row.get("sign_count")?,
        last_used_at: row.time("last_used_at")?,
        challenge_used: is_used(conn, asserted.challenge())?,
    }))
}

/// Writes down that `asserted` counted: the passkey's counter, and its challenge.
pub(crate) fn note_use(
    tx: &Tx<'_>,
    holder: &PasskeyHolder,
    asserted: &Asserted,
) -> Result<(), Fault> {
    let sql = "UPDATE passkeys SET sign_count = ?4, last_used_at = ?5
               WHERE audience = ?1 AND credential = ?2 AND subject = ?3";
    tx.prepare_cached(sql)?.execute(params![
        holder.audience.as_str(),
        asserted.credential.as_bytes(),
        holder.subject.as_str(),
        asserted.sign_count,
        millis(asserted.at),
    ])?;
    use_up(tx, asserted.challenge(), asserted.at)
}

fn is_used(conn: &Connection, challenge: &UsedChallenge) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM proofs WHERE hash = ?1";
    let found = conn.prepare_cached(sql)?.query_row([challenge.hash], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

fn use_up(tx: &Tx<'_>, challenge: &UsedChallenge, now: tokenward::UnixTime) -> Result<(), Fault> {
    if sessions::remember_proof(tx, &challenge.hash, challenge.forget_at, now)? {
        Ok(())
    } else {
        Err(Fault::Bug("a challenge was used twice in one transaction"))
    }
}

fn of(conn: &Connection, subject: &Subject, audiences: &str) -> Result<Vec<Passkey>, Fault> {
    let sql = "SELECT * FROM passkeys WHERE subject = ?1
               AND audience IN (SELECT value FROM json_each(?2)) ORDER BY id";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![subject.as_str(), audiences])?;
    let mut passkeys = Vec::new();
    while let Some(row) = rows.next()? {
        passkeys.push(passkey(row)?);
    }
    Ok(passkeys)
}

fn passkey(row: &Row<'_>) -> Result<Passkey, Fault> {
    let row = Columns::of(TABLE, row);
    let id: Vec<u8> = row.get("credential")?;
    Ok(Passkey {
        id: CredentialId::new(&id).map_err(|why| Fault::row(TABLE, &why))?,
        holder: PasskeyHolder { audience: row.parse("audience")?, subject: row.parse("subject")? },
        name: PasskeyName::new(row.get::<String>("name")?)
            .map_err(|why| Fault::row(TABLE, &why))?,
        algorithm: row.parse("algorithm")?,
        public_key: row.get("public_key")?,
        sign_count: row.get("sign_count")?,
        backup_eligible: row.get("backup_eligible")?,
        transports: row.list("transports")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time("last_used_at")?,
    })
}

fn enrol(tx: &Tx<'_>, enrolment: &Enrolment) -> Result<Enrolled, Fault> {
    let Enrolment { passkey, challenge, allowed_by, is_login_fresh, now } = enrolment;
    let holder = &passkey.holder;
    let others = of(tx, &holder.subject, &names([&holder.audience]))?;
    let allowed = match allowed_by {
        Some(asserted) => Some(judge_assertion(asserted, known(tx, holder, asserted)?.as_ref())),
        None => None,
    };
    if let Err(why) = judge_enrolment(&others, *is_login_fresh, is_used(tx, challenge)?, allowed) {
        return Ok(Enrolled::Refused(why));
    }
    let sql = "INSERT INTO passkeys
               (audience, subject, credential, name, algorithm, public_key, sign_count,
                backup_eligible, transports, created_at, last_used_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
    let added = tx.prepare_cached(sql)?.execute(params![
        holder.audience.as_str(),
        holder.subject.as_str(),
        passkey.id.as_bytes(),
        passkey.name.as_str(),
        passkey.algorithm.to_string(),
        passkey.public_key,
        passkey.sign_count,
        passkey.backup_eligible,
        names(&passkey.transports),
        millis(passkey.created_at),
        millis(passkey.last_used_at),
    ])?;
    if added == 0 {
        return Ok(Enrolled::Refused(EnrolRefused::Taken));
    }
    use_up(tx, challenge, *now)?;
    if let Some(asserted) = allowed_by {
        note_use(tx, holder, asserted)?;
    }
    Ok(Enrolled::Added)
}

fn remove(tx: &Tx<'_>, removal: &Removal) -> Result<Removed, Fault> {
    if let RemovalBy::Holder { session, allowed_by } = &removal.by
        && let Err(why) = allow(tx, removal, session, allowed_by)?
    {
        return Ok(Removed::Refused(why));
    }
    let ending =
        Ending { why: EndReason::PasskeyRemoved, now: removal.now, keep_until: removal.keep_until };
    let (mut passkeys, mut ended) = (0_usize, 0_u64);
    for passkey in of(tx, &removal.subject, &names(&removal.audiences))? {
        if removal.id.as_ref().is_some_and(|id| *id != passkey.id) {
            continue;
        }
        let sql = "DELETE FROM passkeys WHERE audience = ?1 AND credential = ?2";
        let key = params![passkey.holder.audience.as_str(), passkey.id.as_bytes()];
        passkeys = passkeys.saturating_add(tx.prepare_cached(sql)?.execute(key)?);
        ended = ended.saturating_add(sessions::end_held_by(tx, &passkey, &ending)?);
    }
    Ok(Removed::Gone { passkeys: count(passkeys), sessions: ended })
}

type Misused = tokenward_sessions::PasskeyMisused;

/// Whether `asserted` allows the removal; if so, its session is held with that passkey from here on.
fn allow(
    tx: &Tx<'_>,
    removal: &Removal,
    session: &SessionId,
    asserted: &Asserted,
) -> Result<Result<(), Misused>, Fault> {
    let Some((row, found)) = sessions::live(tx, session, removal.now)? else {
        return Ok(Err(Misused::Unknown));
    };
    let holder = Session::passkey_holder(&found);
    let judged = judge_assertion(asserted, known(tx, &holder, asserted)?.as_ref());
    if judged.is_ok() {
        note_use(tx, &holder, asserted)?;
        let holds = found.passkey.is_some();
        if holds {
            sessions::hold_with(tx, row, asserted)?;
        }
    }
    Ok(judged)
}
