//! Services and the hashes of their secrets.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tokenward::{BackendError, ClientId, UnixTime};
use tokenward_sessions::{AllowedScopes, Service, ServiceStore, StoredSecret};

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
            let sql = "UPDATE service_secrets SET ends_at = min(coalesce(ends_at, ?2), ?2)
                       WHERE service = ?1";
            tx.prepare_cached(sql)?.execute(params![name.as_str(), millis(earlier_end_at)])?;
            insert_secret(tx, &name, &secret)?;
            Ok(true)
        })
        .await
    }
}

fn put(tx: &Tx<'_>, service: &Service) -> Result<(), Fault> {
    remove(tx, &service.name)?;
    let sql = "INSERT INTO services (name, may, audiences, scopes, public, declared)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.prepare_cached(sql)?.execute(params![
        service.name.as_str(),
        names(&service.may),
        names(&service.audiences),
        names(service.scopes.names()),
        service.public,
        service.declared,
    ])?;
    service.secrets.iter().try_for_each(|secret| insert_secret(tx, &service.name, secret))
}

fn remove(tx: &Tx<'_>, name: &ClientId) -> Result<bool, Fault> {
    let name = name.as_str();
    tx.prepare_cached("DELETE FROM service_secrets WHERE service = ?1")?.execute([name])?;
    Ok(tx.prepare_cached("DELETE FROM services WHERE name = ?1")?.execute([name])? > 0)
}

fn insert_secret(tx: &Tx<'_>, name: &ClientId, secret: &StoredSecret) -> Result<(), Fault> {
    let sql = "INSERT INTO service_secrets (service, hash, created_at, ends_at)
               VALUES (?1, ?2, ?3, ?4)";
    tx.prepare_cached(sql)?.execute(params![
        name.as_str(),
        secret.hash,
        millis(secret.created_at),
        secret.ends_at.map(millis),
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
        });
    }
    Ok(found)
}
