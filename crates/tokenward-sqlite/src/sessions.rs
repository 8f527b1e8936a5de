//! Sessions: the trait, its reads and its pruning. What writes more than a row has a file of its own.

mod create;
mod devices;
mod end;
mod passkeys;
mod proofs;
mod reach;
mod refresh;
mod rows;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use tokenward::{Audience, BackendError, SessionId, Subject, TokenVersion, UnixTime};
use tokenward_sessions::{
    Begun, BumpVersion, Created, EndReason, KnownToken, NewSession, REUSE_MEMORY, RefreshAttempt,
    RefreshOutcome, Session, SessionFilter, SessionStore,
};

use crate::store::{SLICE, SqliteStore};
use crate::value::{count, limit, millis, names};

pub(crate) use end::Ending;
pub(crate) use passkeys::{end_held_by, hold_with, live};
pub(crate) use proofs::remember as remember_proof;

/// How long a session is remembered after its end, so that the log can tell an expired refresh token from
/// an unknown one.
const SESSION_MEMORY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

#[async_trait]
impl SessionStore for SqliteStore {
    async fn create(&self, session: NewSession) -> Result<Created, BackendError> {
        self.write(move |tx| create::create(tx, &session)).await
    }

    async fn refresh(&self, attempt: RefreshAttempt) -> Result<RefreshOutcome, BackendError> {
        self.write(move |tx| refresh::refresh(tx, &attempt)).await
    }

    async fn session(&self, id: &SessionId) -> Result<Option<Session>, BackendError> {
        let id = id.clone();
        self.read(move |conn| Ok(rows::by_id(conn, &id)?.map(|row| row.session))).await
    }

    async fn session_by_refresh(&self, hash: &[u8; 32]) -> Result<Option<Session>, BackendError> {
        let hash = *hash;
        self.read(move |conn| Ok(rows::by_refresh(conn, &hash)?.map(|row| row.session))).await
    }

    async fn refresh_token(
        &self,
        hash: &[u8; 32],
    ) -> Result<Option<(Session, KnownToken)>, BackendError> {
        let hash = *hash;
        self.read(move |conn| rows::of_refresh(conn, &hash)).await
    }

    async fn sessions_of(
        &self,
        subject: &Subject,
        audiences: Option<&[Audience]>,
        now: UnixTime,
        before: Option<&SessionId>,
        most: usize,
    ) -> Result<Vec<Session>, BackendError> {
        let (subject, fence) = (subject.clone(), audiences.map(names));
        let before = before.map(|id| id.as_str().to_owned());
        self.read(move |conn| {
            let sql = rows::select(
                "s.subject = ?1 AND s.ended_at IS NULL AND s.ends_at > ?2
                 AND (?3 IS NULL OR s.audience IN (SELECT value FROM json_each(?3)))
                 AND (?5 IS NULL OR s.id < coalesce(
                      (SELECT id FROM sessions WHERE sid = ?5 AND subject = ?1), 9223372036854775807))
                 ORDER BY s.id DESC LIMIT ?4",
            );
            let params = params![subject.as_str(), millis(now), fence, limit(most), before];
            rows::sessions(conn, &sql, params)
        })
        .await
    }

    async fn begun_head(&self) -> Result<u64, BackendError> {
        self.read(devices::head).await
    }

    async fn begun_since(&self, after: u64, most: usize) -> Result<Vec<Begun>, BackendError> {
        self.read(move |conn| devices::since(conn, after, most)).await
    }

    async fn list(
        &self,
        filter: &SessionFilter,
        most: usize,
        after: Option<&SessionId>,
    ) -> Result<Vec<Session>, BackendError> {
        let (filter, after) = (filter.clone(), after.map(|id| id.as_str().to_owned()));
        self.read(move |conn| {
            // Two texts, so that each look-up has its index: by subject, or by id alone.
            let by = if filter.subject.is_some() { "s.subject = ?1" } else { "?1 IS NULL" };
            let sql = rows::select(&format!(
                "{by} AND s.sid > ?2
                 AND (?3 IS NULL OR s.audience IN (SELECT value FROM json_each(?3)))
                 AND (?4 IS NULL OR (s.ended_at IS NULL AND s.ends_at > ?4))
                 ORDER BY s.sid LIMIT ?5"
            ));
            let params = params![
                filter.subject.as_ref().map(Subject::as_str),
                after.unwrap_or_default(),
                filter.audiences.as_ref().map(names),
                filter.live_at.map(millis),
                limit(most),
            ];
            rows::sessions(conn, &sql, params)
        })
        .await
    }

    async fn end(
        &self,
        id: &SessionId,
        audiences: Option<&[Audience]>,
        why: EndReason,
        now: UnixTime,
        keep_until: UnixTime,
    ) -> Result<bool, BackendError> {
        let (id, fence) = (id.clone(), audiences.map(<[Audience]>::to_vec));
        let ending = Ending { why, now, keep_until };
        self.write(move |tx| end::end(tx, &id, fence.as_deref(), &ending)).await
    }

    async fn end_all(
        &self,
        subject: &Subject,
        audiences: Option<&[Audience]>,
        except: Option<&SessionId>,
        why: EndReason,
        now: UnixTime,
        keep_until: UnixTime,
    ) -> Result<u64, BackendError> {
        let (subject, except) = (subject.clone(), except.cloned());
        let fence = audiences.map(<[Audience]>::to_vec);
        let ending = Ending { why, now, keep_until };
        self.write(move |tx| end::end_all(tx, &subject, fence.as_deref(), except.as_ref(), &ending))
            .await
    }

    async fn end_everywhere(
        &self,
        audiences: Option<&[Audience]>,
        why: EndReason,
        now: UnixTime,
    ) -> Result<u64, BackendError> {
        let fence = audiences.map(names);
        let (mut after, mut ended) = (0, 0_u64);
        loop {
            let fence = fence.clone();
            let slice = self
                .write(move |tx| end::end_slice(tx, fence.as_deref(), after, why, now, SLICE))
                .await?;
            let Some((last, some)) = slice else { return Ok(ended) };
            (after, ended) = (last, ended.saturating_add(some));
        }
    }

    async fn reach(
        &self,
        id: &SessionId,
        audience: &Audience,
        now: UnixTime,
        until: UnixTime,
    ) -> Result<bool, BackendError> {
        let (id, audience) = (id.clone(), audience.clone());
        self.write(move |tx| reach::reach(tx, &id, &audience, now, until)).await
    }

    async fn bump_version(&self, bump: BumpVersion) -> Result<TokenVersion, BackendError> {
        self.write(move |tx| end::bump_version(tx, &bump)).await
    }

    async fn version(&self, subject: &Subject) -> Result<TokenVersion, BackendError> {
        let subject = subject.clone();
        self.read(move |conn| rows::version(conn, &subject)).await
    }

    async fn use_proof(
        &self,
        hash: &[u8; 32],
        ends_at: UnixTime,
        now: UnixTime,
    ) -> Result<bool, BackendError> {
        let hash = *hash;
        self.write(move |tx| proofs::remember(tx, &hash, ends_at, now)).await
    }

    async fn private(&self, id: &SessionId) -> Result<Option<Vec<u8>>, BackendError> {
        let id = id.clone();
        let sql = "SELECT p.sealed FROM session_private p JOIN sessions s ON s.id = p.session
                   WHERE s.sid = ?1 AND s.ended_at IS NULL";
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(sql)?;
            Ok(statement.query_row([id.as_str()], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn prune(&self, now: UnixTime) -> Result<u64, BackendError> {
        let mut pruned = self
            .delete_in_slices(
                "UPDATE families SET sealed = NULL, sealed_until = NULL WHERE session IN
                 (SELECT session FROM families WHERE sealed_until < ?1 LIMIT ?2)",
                millis(now),
            )
            .await?;
        let tables = [
            (
                "DELETE FROM session_reaches WHERE id IN
                 (SELECT id FROM session_reaches WHERE until <= ?1 LIMIT ?2)",
                millis(now),
            ),
            // Confidential data goes when the session ends; its row, a day later.
            (
                "DELETE FROM session_private WHERE session IN
                 (SELECT session FROM session_private WHERE ends_at <= ?1 LIMIT ?2)",
                millis(now),
            ),
            (
                "DELETE FROM refresh_tokens WHERE hash IN
                 (SELECT hash FROM refresh_tokens WHERE made_at < ?1 LIMIT ?2)",
                millis(now.saturating_sub(REUSE_MEMORY)),
            ),
            (
                "DELETE FROM devices WHERE id IN
                 (SELECT id FROM devices WHERE until <= ?1 LIMIT ?2)",
                millis(now),
            ),
            (
                "DELETE FROM proofs WHERE hash IN
                 (SELECT hash FROM proofs WHERE ends_at <= ?1 LIMIT ?2)",
                millis(now),
            ),
            (
                "DELETE FROM idempotency WHERE key_hash IN
                 (SELECT key_hash FROM idempotency WHERE ends_at <= ?1 LIMIT ?2)",
                millis(now),
            ),
        ];
        for (sql, before) in tables {
            pruned = pruned.saturating_add(self.delete_in_slices(sql, before).await?);
        }
        let old = millis(now.saturating_sub(SESSION_MEMORY));
        loop {
            let slice = self.write(move |tx| rows::delete_ended_before(tx, old, SLICE)).await?;
            pruned = pruned.saturating_add(count(slice));
            if slice < SLICE {
                break;
            }
        }
        // Whoever has a session is asked about again in a day, not at each pruning.
        self.delete_in_slices(
            "UPDATE subjects SET keep_until = ?1 + 172800000 WHERE subject IN
             (SELECT subject FROM subjects v WHERE keep_until < ?1
              AND EXISTS (SELECT 1 FROM sessions s WHERE s.subject = v.subject) LIMIT ?2)",
            old,
        )
        .await?;
        let forgotten = self
            .delete_in_slices(
                "DELETE FROM subjects WHERE subject IN
                 (SELECT subject FROM subjects v WHERE keep_until < ?1
                  AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject = v.subject) LIMIT ?2)",
                old,
            )
            .await?;
        Ok(pruned.saturating_add(forgotten))
    }
}
