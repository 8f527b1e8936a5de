//! The last signed key set of each audience, compared and swapped.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{Audience, BackendError};
use tokenward_keys::StatementStore;

use crate::fault::Fault;
use crate::store::SqliteStore;

#[async_trait]
impl StatementStore for SqliteStore {
    async fn statement(&self, audience: &Audience) -> Result<Option<Vec<u8>>, BackendError> {
        let name = name(audience);
        self.read(move |conn| select(conn, &name)).await
    }

    async fn replace_statement(
        &self,
        audience: &Audience,
        before: Option<Vec<u8>>,
        next: Vec<u8>,
    ) -> Result<(), BackendError> {
        let name = name(audience);
        self.write(move |tx| {
            if select(tx, &name)? != before {
                return Err(Fault::Conflict("another key set was signed meanwhile"));
            }
            let sql = "INSERT OR REPLACE INTO secrets (name, value) VALUES (?1, ?2)";
            tx.prepare_cached(sql)?.execute(params![name, next])?;
            Ok(())
        })
        .await
    }
}

/// The place among the named values; no secret has a name of this form.
fn name(audience: &Audience) -> String {
    format!("key-set:{audience}")
}

fn select(conn: &Connection, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let sql = "SELECT value FROM secrets WHERE name = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}
