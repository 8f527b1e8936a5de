//! What is begun with a custody and not finished: orders for keys, and private halves to be destroyed.

use rusqlite::{Connection, params};
use tokenward::{Audience, KeyId, UnixTime};
use tokenward_keys::{KeyLabel, KeyOrder, StoredKey, Unfinished};

use crate::fault::Fault;
use crate::keys;
use crate::value::{Columns, millis};
use crate::writer::Tx;

pub(crate) fn order(tx: &Tx<'_>, audience: &Audience, order: &KeyOrder) -> Result<(), Fault> {
    if order.audience != *audience {
        return Err(Fault::Bug("an order of another audience among the changes"));
    }
    // A label that exists breaks the primary key, which is a conflict.
    let sql = "INSERT INTO key_orders (audience, label, custody, created_at, given_up_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.prepare_cached(sql)?.execute(params![
        audience.as_str(),
        order.label.to_string(),
        order.custody,
        millis(order.created_at),
        order.given_up_at.map(millis),
    ])?;
    Ok(())
}

pub(crate) fn fulfill(tx: &Tx<'_>, audience: &Audience, label: KeyLabel) -> Result<(), Fault> {
    let sql = "DELETE FROM key_orders WHERE audience = ?1 AND label = ?2 AND given_up_at IS NULL";
    let params = params![audience.as_str(), label.to_string()];
    must_be_there(tx.prepare_cached(sql)?.execute(params)?)
}

pub(crate) fn give_up(
    tx: &Tx<'_>,
    audience: &Audience,
    label: KeyLabel,
    at: UnixTime,
) -> Result<(), Fault> {
    let sql = "UPDATE key_orders SET given_up_at = ?3
               WHERE audience = ?1 AND label = ?2 AND given_up_at IS NULL";
    let params = params![audience.as_str(), label.to_string(), millis(at)];
    must_be_there(tx.prepare_cached(sql)?.execute(params)?)
}

const fn must_be_there(changed: usize) -> Result<(), Fault> {
    if changed == 1 {
        return Ok(());
    }
    Err(Fault::Conflict("the order is not there, or was given up"))
}

pub(crate) fn forget(tx: &Tx<'_>, audience: &Audience, label: KeyLabel) -> Result<(), Fault> {
    let sql =
        "DELETE FROM key_orders WHERE audience = ?1 AND label = ?2 AND given_up_at IS NOT NULL";
    tx.prepare_cached(sql)?.execute(params![audience.as_str(), label.to_string()])?;
    Ok(())
}

pub(crate) fn owe(
    tx: &Tx<'_>,
    audience: &Audience,
    id: &KeyId,
    handle: &[u8],
) -> Result<(), Fault> {
    let sql = "INSERT OR REPLACE INTO key_debts (audience, kid, handle) VALUES (?1, ?2, ?3)";
    tx.prepare_cached(sql)?.execute(params![audience.as_str(), id.as_str(), handle])?;
    Ok(())
}

pub(crate) fn settle(tx: &Tx<'_>, audience: &Audience, id: &KeyId) -> Result<(), Fault> {
    let sql = "DELETE FROM key_debts WHERE audience = ?1 AND kid = ?2";
    tx.prepare_cached(sql)?.execute(params![audience.as_str(), id.as_str()])?;
    Ok(())
}

pub(crate) fn unfinished(conn: &Connection, audience: &Audience) -> Result<Unfinished, Fault> {
    let sql = "SELECT * FROM key_orders WHERE audience = ?1 ORDER BY created_at, label";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([audience.as_str()])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(read_order(&Columns::of("key_orders", row))?);
    }
    Ok(Unfinished { orders, owed: owed(conn, audience)? })
}

fn owed(conn: &Connection, audience: &Audience) -> Result<Vec<StoredKey>, Fault> {
    let sql = "SELECT k.*, d.handle FROM keys k
               JOIN key_debts d ON d.audience = k.audience AND d.kid = k.kid
               WHERE k.audience = ?1 ORDER BY k.created_at, k.kid";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([audience.as_str()])?;
    let mut owed = Vec::new();
    while let Some(row) = rows.next()? {
        owed.push(keys::key(&Columns::of("keys", row))?);
    }
    Ok(owed)
}

fn read_order(row: &Columns<'_>) -> Result<KeyOrder, Fault> {
    Ok(KeyOrder {
        label: row.parse("label")?,
        audience: row.parse("audience")?,
        custody: row.get("custody")?,
        created_at: row.time("created_at")?,
        given_up_at: row.time_or_none("given_up_at")?,
    })
}
