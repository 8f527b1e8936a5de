//! Proofs of possession, client assertions and challenges that were used.

use rusqlite::params;
use tokenward::UnixTime;

use crate::fault::Fault;
use crate::value::millis;
use crate::writer::Tx;

/// Remembers a proof until `ends_at`; `false` if it was remembered. Each adds a row and removes up to two
/// that are over, so that what is remembered is bounded by the rate of proofs; `prune` removes the rest.
pub(crate) fn remember(
    tx: &Tx<'_>,
    hash: &[u8; 32],
    ends_at: UnixTime,
    now: UnixTime,
) -> Result<bool, Fault> {
    let sql = "DELETE FROM proofs WHERE hash IN
               (SELECT hash FROM proofs WHERE ends_at <= ?1 LIMIT 2)";
    tx.prepare_cached(sql)?.execute([millis(now)])?;
    // One that is over and still there is of a proof that is refused for its age.
    let sql = "INSERT INTO proofs (hash, ends_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    Ok(tx.prepare_cached(sql)?.execute(params![hash, millis(ends_at)])? == 1)
}
