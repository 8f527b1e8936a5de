//! Administrators' tokens, by hash.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tokenward::{BackendError, UnixTime};
use tokenward_sessions::{AdminTokenRecord, AdminTokenStore};

use crate::fault::Fault;
use crate::store::SqliteStore;
use crate::value::{Columns, millis, names};

#[async_trait]
impl AdminTokenStore for SqliteStore {
    async fn add_admin_token(&self, token: AdminTokenRecord) -> Result<(), BackendError> {
        self.write(move |tx| {
            let sql = "INSERT OR REPLACE INTO admin_tokens
                       (hash, label, scopes, created_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)";
            tx.prepare_cached(sql)?.execute(params![
                token.hash,
                token.label,
                names(&token.scopes),
                millis(token.created_at),
                millis(token.ends_at),
            ])?;
            Ok(())
        })
        .await
    }

    async fn admin_token(
        &self,
        hash: &[u8; 32],
        now: UnixTime,
    ) -> Result<Option<AdminTokenRecord>, BackendError> {
        let hash = *hash;
        let sql = "SELECT * FROM admin_tokens WHERE hash = ?1 AND ends_at > ?2";
        self.read(move |conn| Ok(select(conn, sql, params![hash, millis(now)])?.pop())).await
    }

    async fn list_admin_tokens(&self) -> Result<Vec<AdminTokenRecord>, BackendError> {
        self.read(|conn| select(conn, "SELECT * FROM admin_tokens ORDER BY label", [])).await
    }

    async fn remove_admin_token(&self, label: &str) -> Result<bool, BackendError> {
        let label = label.to_owned();
        let sql = "DELETE FROM admin_tokens WHERE label = ?1";
        self.write(move |tx| Ok(tx.prepare_cached(sql)?.execute([label])? > 0)).await
    }
}

fn select(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<AdminTokenRecord>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Columns::of("admin_tokens", row);
        found.push(AdminTokenRecord {
            hash: row.get("hash")?,
            label: row.get("label")?,
            scopes: row.set("scopes")?,
            created_at: row.time("created_at")?,
            ends_at: row.time("ends_at")?,
        });
    }
    Ok(found)
}
