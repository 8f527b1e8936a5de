//! Revocations: an append-only table, numbered by the one writer in the order of commits.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use tokenward::{BackendError, UnixTime};
use tokenward_revocation::{
    NewRevocation, Revocation, RevocationStore, Scope, Seq, ShardLease, ShardRequest,
};

use crate::fault::Fault;
use crate::shards;
use crate::store::SqliteStore;
use crate::value::{self, Columns, limit, millis, number};
use crate::writer::Tx;

const TABLE: &str = "revocations";

#[async_trait]
impl RevocationStore for SqliteStore {
    async fn append(&self, items: Vec<NewRevocation>) -> Result<Seq, BackendError> {
        self.write(move |tx| {
            for item in &items {
                append(tx, item)?;
            }
            head(tx)
        })
        .await
    }

    async fn head(&self) -> Result<Seq, BackendError> {
        self.read(head).await
    }

    async fn since(&self, after: Seq, most: usize) -> Result<Vec<Revocation>, BackendError> {
        let sql = "SELECT * FROM revocations WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        self.read(move |conn| select(conn, sql, [number(after.get()), limit(most)])).await
    }

    async fn live(&self, now: UnixTime) -> Result<(Seq, Vec<Revocation>), BackendError> {
        let sql = "SELECT * FROM revocations WHERE ends_at > ?1 ORDER BY seq";
        self.read(move |conn| Ok((head(conn)?, select(conn, sql, [millis(now)])?))).await
    }

    async fn prune(&self, now: UnixTime) -> Result<u64, BackendError> {
        let sql = "DELETE FROM revocations WHERE seq IN
                   (SELECT seq FROM revocations WHERE ends_at <= ?1 LIMIT ?2)";
        self.delete_in_slices(sql, millis(now)).await
    }

    async fn lease_shard(&self, request: ShardRequest) -> Result<Option<ShardLease>, BackendError> {
        self.write(move |tx| shards::lease(tx, request)).await
    }
}

/// Appends one, as part of whatever transaction revokes.
pub(crate) fn append(tx: &Tx<'_>, item: &NewRevocation) -> Result<(), Fault> {
    let Parts { value, version, issued_up_to } = parts(&item.scope)?;
    let sql = "INSERT INTO revocations
               (audience, kind, value, version, issued_up_to, ends_at, at, reason, by)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    tx.prepare_cached(sql)?.execute(params![
        item.audience.as_ref().map(AsRef::as_ref),
        item.scope.kind(),
        value,
        version,
        issued_up_to.map(millis),
        millis(item.ends_at),
        millis(item.at),
        item.reason,
        item.by,
    ])?;
    Ok(())
}

fn head(conn: &Connection) -> Result<Seq, Fault> {
    // What AUTOINCREMENT counts with: it stays when rows are pruned.
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'revocations'";
    let seq: Option<i64> = conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    value::unsigned(TABLE, seq.unwrap_or_default()).map(Seq::new)
}

fn select(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Revocation>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(revocation(&Columns::of(TABLE, row))?);
    }
    Ok(found)
}

fn revocation(row: &Columns<'_>) -> Result<Revocation, Fault> {
    Ok(Revocation {
        seq: Seq::new(row.number("seq")?),
        audience: row.parse_or_none("audience")?,
        scope: scope(row)?,
        ends_at: row.time("ends_at")?,
        at: row.time("at")?,
        reason: row.get("reason")?,
        by: row.get("by")?,
    })
}

/// A scope, taken apart into columns.
struct Parts<'a> {
    value: Option<&'a str>,
    version: Option<i64>,
    issued_up_to: Option<UnixTime>,
}

fn parts(scope: &Scope) -> Result<Parts<'_>, Fault> {
    let value = |value| Parts { value: Some(value), version: None, issued_up_to: None };
    let floor =
        |issued_up_to| Parts { value: None, version: None, issued_up_to: Some(issued_up_to) };
    Ok(match scope {
        Scope::Jti(id) => value(id.as_str()),
        Scope::Session(id) => value(id.as_str()),
        Scope::Key(id) => value(id.as_str()),
        Scope::Subject { subject, version, issued_up_to } => Parts {
            value: Some(subject.as_str()),
            version: version.map(|version| number(version.get())),
            issued_up_to: Some(*issued_up_to),
        },
        Scope::Version { subject, below } => Parts {
            value: Some(subject.as_str()),
            version: Some(number(below.get())),
            issued_up_to: None,
        },
        Scope::Audience { issued_up_to } | Scope::Issuer { issued_up_to } => floor(*issued_up_to),
        _ => return Err(Fault::Bug("a kind of revocation that this store does not know")),
    })
}

fn scope(row: &Columns<'_>) -> Result<Scope, Fault> {
    let version = row.version_or_none("version")?;
    let missing = || Fault::row(TABLE, "a floor without its number");
    let floor = || row.time_or_none("issued_up_to")?.ok_or_else(missing);
    Ok(match row.get::<String>("kind")?.as_str() {
        "jti" => Scope::Jti(row.parse("value")?),
        "sid" => Scope::Session(row.parse("value")?),
        "kid" => Scope::Key(row.parse("value")?),
        "sub" => Scope::Subject { subject: row.parse("value")?, version, issued_up_to: floor()? },
        "ver" => {
            Scope::Version { subject: row.parse("value")?, below: version.ok_or_else(missing)? }
        }
        "aud" => Scope::Audience { issued_up_to: floor()? },
        "iss" => Scope::Issuer { issued_up_to: floor()? },
        other => return Err(Fault::row(row.table(), &format!("`{other}` is no kind"))),
    })
}
