//! Services and the hashes of their secrets.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tokenward::{BackendError, ClientId, UnixTime};
use tokenward_sessions::{AllowedScopes, Service, ServiceProof, ServiceStore, StoredSecret};

use crate::fault::Fault;
use crate::store::SqliteStore;
use crate::value::{Columns, millis, names};
use crate::writer::Tx;

#[async_trait]
impl ServiceStore for SqliteStore {
    async fn list_services(&self) -> Result<Vec<Service>, BackendError> {
        self.read(|conn| select(conn, None)).await
    }

    async fn service(&self, name: &ClientId) -> Result<Option<Service>, BackendError> {
        let name = name.clone();
        self.read(move |conn| Ok(select(conn, Some(&name))?.pop())).await
    }

    async fn put_service(&self, service: Service) -> Result<(), BackendError> {
        self.write(move |tx| put(tx, &service)).await
    }

    async fn remove_service(&self, name: &ClientId) -> Result<bool, BackendError> {
        let name = name.clone();
        self.write(move |tx| remove(tx, &name)).await
    }

    async fn add_secret(
        &self,
        name: &ClientId,
        secret: StoredSecret,
        earlier_end_at: UnixTime,
    ) -> Result<bool, BackendError> {
        let name = name.clone();
        self.write(move |tx| {
            if select(tx, Some(&name))?.is_empty() {
                return Ok(false);
            }
            let now = millis(secret.created_at);
            // What has ended already says nothing any more, and what goes on is the newest alone.
            let sql = "DELETE FROM service_secrets WHERE service = ?1 AND (ends_at <= ?2
                       OR hash <> (SELECT hash FROM service_secrets
                                   WHERE service = ?1 AND coalesce(ends_at, ?2 + 1) > ?2
                                   ORDER BY created_at DESC, hash LIMIT 1))";
            tx.prepare_cached(sql)?.execute(params![name.as_str(), now])?;
            end_secrets(tx, &name, earlier_end_at)?;
            insert_secret(tx, &name, &secret)?;
            Ok(true)
        })
        .await
    }

    async fn set_proof(
        &self,
        name: &ClientId,
        proof: Option<ServiceProof>,
        secrets_end_at: UnixTime,
    ) -> Result<bool, BackendError> {
        let name = name.clone();
        self.write(move |tx| {
            end_secrets(tx, &name, secrets_end_at)?;
            let sql = "UPDATE services SET proof = ?2 WHERE name = ?1";
            let proof = proof.as_ref().map(ToString::to_string);
            Ok(tx.prepare_cached(sql)?.execute(params![name.as_str(), proof])? > 0)
        })
        .await
    }

    async fn note_secret_use(
        &self,
        name: &ClientId,
        hash: &[u8; 32],
        now: UnixTime,
    ) -> Result<(), BackendError> {
        let (name, hash) = (name.clone(), *hash);
        self.write(move |tx| {
            let sql = "UPDATE service_secrets SET last_used_at = max(coalesce(last_used_at, 0), ?3)
                       WHERE service = ?1 AND hash = ?2";
            tx.prepare_cached(sql)?.execute(params![name.as_str(), hash, millis(now)])?;
            Ok(())
        })
        .await
    }
}

fn put(tx: &Tx<'_>, service: &Service) -> Result<(), Fault> {
    remove(tx, &service.name)?;
    let sql = "INSERT INTO services (name, may, audiences, scopes, public, declared, proof)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    tx.prepare_cached(sql)?.execute(params![
        service.name.as_str(),
        names(&service.may),
        names(&service.audiences),
        names(service.scopes.names()),
        service.public,
        service.declared,
        service.proof.as_ref().map(ToString::to_string),
    ])?;
    service.secrets.iter().try_for_each(|secret| insert_secret(tx, &service.name, secret))
}

fn end_secrets(tx: &Tx<'_>, name: &ClientId, at: UnixTime) -> Result<(), Fault> {
    let sql = "UPDATE service_secrets SET ends_at = min(coalesce(ends_at, ?2), ?2)
               WHERE service = ?1";
    tx.prepare_cached(sql)?.execute(params![name.as_str(), millis(at)])?;
    Ok(())
}

fn remove(tx: &Tx<'_>, name: &ClientId) -> Result<bool, Fault> {
    let name = name.as_str();
    tx.prepare_cached("DELETE FROM service_secrets WHERE service = ?1")?.execute([name])?;
    Ok(tx.prepare_cached("DELETE FROM services WHERE name = ?1")?.execute([name])? > 0)
}

fn insert_secret(tx: &Tx<'_>, name: &ClientId, secret: &StoredSecret) -> Result<(), Fault> {
    let sql = "INSERT INTO service_secrets (service, hash, created_at, ends_at, last_used_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.prepare_cached(sql)?.execute(params![
        name.as_str(),
        secret.hash,
        millis(secret.created_at),
        secret.ends_at.map(millis),
        secret.last_used_at.map(millis),
    ])?;
    Ok(())
}

fn select(conn: &Connection, name: Option<&ClientId>) -> Result<Vec<Service>, Fault> {
    let one = "SELECT * FROM services WHERE name = ?1";
    let all = "SELECT * FROM services ORDER BY name";
    let mut statement = conn.prepare_cached(if name.is_some() { one } else { all })?;
    let mut rows = match name {
        Some(name) => statement.query([name.as_str()])?,
        None => statement.query([])?,
    };
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Columns::of("services", row);
        let name: ClientId = row.parse("name")?;
        found.push(Service {
            secrets: secrets(conn, &name)?,
            may: row.set("may")?,
            audiences: row.set("audiences")?,
            scopes: AllowedScopes::from_names(row.list("scopes")?)
                .map_err(|why| Fault::row("services", &why))?,
            public: row.get("public")?,
            declared: row.get("declared")?,
            proof: row.parse_or_none("proof")?,
            name,
        });
    }
    Ok(found)
}

fn secrets(conn: &Connection, name: &ClientId) -> Result<Vec<StoredSecret>, Fault> {
    let sql = "SELECT * FROM service_secrets WHERE service = ?1 ORDER BY created_at, hash";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([name.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let row = Columns::of("service_secrets", row);
        found.push(StoredSecret {
            hash: row.get("hash")?,
            created_at: row.time("created_at")?,
            ends_at: row.time_or_none("ends_at")?,
            last_used_at: row.time_or_none("last_used_at")?,
        });
    }
    Ok(found)
}
