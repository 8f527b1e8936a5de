//! Keys: rows compared and swapped by epoch, and private halves that are gone once they are destroyed.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{Audience, BackendError, KeyId};
use tokenward_keys::{KeyChange, KeyState, KeyStore, StoredKey, Unfinished};

use crate::fault::Fault;
use crate::orders;
use crate::store::SqliteStore;
use crate::value::{Columns, millis, number};
use crate::writer::Tx;

#[async_trait]
impl KeyStore for SqliteStore {
    async fn keys(&self, audience: &Audience) -> Result<Vec<StoredKey>, BackendError> {
        let audience = audience.clone();
        self.read(move |conn| select(conn, &audience)).await
    }

    async fn apply(
        &self,
        audience: &Audience,
        changes: Vec<KeyChange>,
    ) -> Result<(), BackendError> {
        let audience = audience.clone();
        self.write(move |tx| apply(tx, &audience, &changes)).await
    }

    async fn unfinished(&self, audience: &Audience) -> Result<Unfinished, BackendError> {
        let audience = audience.clone();
        self.read(move |conn| orders::unfinished(conn, &audience)).await
    }

    /// The lock on the file sees to it.
    fn is_exclusive(&self) -> bool {
        true
    }

    async fn sealed_secret(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, BackendError> {
        let name = name.to_owned();
        self.write(move |tx| {
            let sql = "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            tx.prepare_cached(sql)?.execute(params![name, fresh])?;
            let sql = "SELECT value FROM secrets WHERE name = ?1";
            Ok(tx.prepare_cached(sql)?.query_row([name], |row| row.get(0))?)
        })
        .await
    }
}

fn apply(tx: &Tx<'_>, audience: &Audience, changes: &[KeyChange]) -> Result<(), Fault> {
    for change in changes {
        match change {
            KeyChange::Insert(key) => {
                belongs(key, audience)?;
                insert(tx, key)?;
            }
            KeyChange::Replace { epoch, key } => {
                belongs(key, audience)?;
                replace(tx, *epoch, key)?;
            }
            KeyChange::Order(order) => orders::order(tx, audience, order)?,
            KeyChange::Fulfill(label) => orders::fulfill(tx, audience, *label)?,
            KeyChange::GiveUp { label, at } => orders::give_up(tx, audience, *label, *at)?,
            KeyChange::Forget(label) => orders::forget(tx, audience, *label)?,
            KeyChange::Owe { id, handle } => orders::owe(tx, audience, id, handle)?,
            KeyChange::Settle(id) => orders::settle(tx, audience, id)?,
        }
    }
    let sql = "SELECT count(*) FROM keys WHERE audience = ?1 AND state = 'active'";
    let active: i64 = tx.prepare_cached(sql)?.query_row([audience.as_str()], |row| row.get(0))?;
    if active > 1 {
        return Err(Fault::Conflict("the audience would have two active keys"));
    }
    Ok(())
}

fn belongs(key: &StoredKey, audience: &Audience) -> Result<(), Fault> {
    if key.audience == *audience {
        return Ok(());
    }
    Err(Fault::Bug("a key of another audience among the changes"))
}

fn insert(tx: &Tx<'_>, key: &StoredKey) -> Result<(), Fault> {
    let sql = "SELECT 1 FROM keys WHERE audience = ?1 AND kid = ?2";
    let taken = tx.prepare_cached(sql)?.exists(params![key.audience.as_str(), key.id.as_str()])?;
    if taken {
        return Err(Fault::Conflict("a key with this id exists"));
    }
    if key.state == KeyState::Active {
        let sql = "SELECT 1 FROM keys WHERE audience = ?1 AND imported = 0";
        if tx.prepare_cached(sql)?.exists([key.audience.as_str()])? {
            return Err(Fault::Conflict("the audience has had a key before"));
        }
    }
    write(tx, key)
}

fn replace(tx: &Tx<'_>, epoch: u64, key: &StoredKey) -> Result<(), Fault> {
    let sql = "SELECT epoch FROM keys WHERE audience = ?1 AND kid = ?2";
    let params = params![key.audience.as_str(), key.id.as_str()];
    let found: Option<i64> =
        tx.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
    if found != Some(number(epoch)) {
        return Err(Fault::Conflict("the key has changed meanwhile"));
    }
    write(tx, key)
}

fn write(tx: &Tx<'_>, key: &StoredKey) -> Result<(), Fault> {
    let sql = "INSERT OR REPLACE INTO keys
               (audience, kid, algorithm, public, state, custody, created_at, published_at,
                activated_at, retired_at, withdrawn_at, compromised_at, imported, verify_until, epoch)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    tx.prepare_cached(sql)?.execute(params![
        key.audience.as_str(),
        key.id.as_str(),
        key.algorithm.to_string(),
        key.public,
        key.state.as_str(),
        key.custody,
        millis(key.created_at),
        millis(key.published_at),
        key.activated_at.map(millis),
        key.retired_at.map(millis),
        key.withdrawn_at.map(millis),
        key.compromised_at.map(millis),
        key.imported,
        key.verify_until.map(millis),
        number(key.epoch),
    ])?;
    write_handle(tx, key)
}

fn write_handle(tx: &Tx<'_>, key: &StoredKey) -> Result<(), Fault> {
    let stored = handle(tx, &key.audience, &key.id)?;
    if stored == key.handle {
        return Ok(());
    }
    if stored.is_some() {
        destroy_handle(tx, &key.audience, &key.id)?;
    }
    if let Some(handle) = &key.handle {
        insert_handle(tx, key.audience.as_str(), key.id.as_str(), handle)?;
    }
    Ok(())
}

fn insert_handle(tx: &Tx<'_>, audience: &str, id: &str, handle: &[u8]) -> Result<(), Fault> {
    let sql = "INSERT INTO key_handles (audience, kid, handle) VALUES (?1, ?2, ?3)";
    tx.prepare_cached(sql)?.execute(params![audience, id, handle])?;
    Ok(())
}

/// Deletes one handle by writing the whole small table anew.
///
/// `secure_delete` zeroes a deleted row where it lies, but rows move between and within pages as a table
/// lives, and an old place is not always wiped. Deleting all rows wipes all pages.
fn destroy_handle(tx: &Tx<'_>, audience: &Audience, id: &KeyId) -> Result<(), Fault> {
    let others = {
        let sql = "SELECT audience, kid, handle FROM key_handles
                   WHERE audience <> ?1 OR kid <> ?2";
        let mut statement = tx.prepare_cached(sql)?;
        let rows = statement.query_map(params![audience.as_str(), id.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    tx.execute_batch("DELETE FROM key_handles")?;
    for (audience, id, handle) in &others {
        insert_handle(tx, audience, id, handle)?;
    }
    tx.destroys();
    Ok(())
}

fn handle(conn: &Connection, audience: &Audience, id: &KeyId) -> Result<Option<Vec<u8>>, Fault> {
    let sql = "SELECT handle FROM key_handles WHERE audience = ?1 AND kid = ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let params = params![audience.as_str(), id.as_str()];
    Ok(statement.query_row(params, |row| row.get(0)).optional()?)
}

fn select(conn: &Connection, audience: &Audience) -> Result<Vec<StoredKey>, Fault> {
    let sql = "SELECT k.*, h.handle FROM keys k
               LEFT JOIN key_handles h ON h.audience = k.audience AND h.kid = k.kid
               WHERE k.audience = ?1 ORDER BY k.created_at, k.kid";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([audience.as_str()])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(key(&Columns::of("keys", row))?);
    }
    Ok(keys)
}

pub(crate) fn key(row: &Columns<'_>) -> Result<StoredKey, Fault> {
    Ok(StoredKey {
        id: row.parse("kid")?,
        audience: row.parse("audience")?,
        algorithm: row.parse("algorithm")?,
        public: row.get("public")?,
        state: row.parse("state")?,
        custody: row.get("custody")?,
        handle: row.get("handle")?,
        created_at: row.time("created_at")?,
        published_at: row.time("published_at")?,
        activated_at: row.time_or_none("activated_at")?,
        retired_at: row.time_or_none("retired_at")?,
        withdrawn_at: row.time_or_none("withdrawn_at")?,
        compromised_at: row.time_or_none("compromised_at")?,
        imported: row.get("imported")?,
        verify_until: row.time_or_none("verify_until")?,
        epoch: row.number("epoch")?,
    })
}
