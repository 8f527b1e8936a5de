//! Shards of token ids, handed out for spans of minutes that never meet.

use rusqlite::params;
use tokenward_revocation::{ShardLease, ShardRequest};

use crate::fault::Fault;
use crate::writer::Tx;

/// The lease that is asked for; `None` if every shard is leased for one of the minutes or a later one.
pub(crate) fn lease(tx: &Tx<'_>, request: ShardRequest) -> Result<Option<ShardLease>, Fault> {
    let ShardRequest { from, until, wish } = request;
    let shard = match free(tx, from, wish)? {
        None if wish > 0 => free(tx, from, 0)?,
        found => found,
    };
    let Some(shard) = shard else { return Ok(None) };
    let sql = "INSERT OR REPLACE INTO shards (shard, leased_until) VALUES (?1, ?2)";
    tx.prepare_cached(sql)?.execute(params![shard, until])?;
    Ok(Some(ShardLease { shard, from, until }))
}

/// The first shard from `first` on that is free for the minutes from `from` on.
fn free(tx: &Tx<'_>, from: u32, first: u16) -> Result<Option<u16>, Fault> {
    let sql = "SELECT shard FROM shards WHERE shard >= ?1 AND leased_until > ?2 ORDER BY shard";
    let mut statement = tx.prepare_cached(sql)?;
    let mut busy = statement.query(params![first, from])?;
    for shard in first..=u16::MAX {
        match busy.next()? {
            Some(row) if row.get::<_, u16>(0)? == shard => {}
            _ => return Ok(Some(shard)),
        }
    }
    Ok(None)
}
