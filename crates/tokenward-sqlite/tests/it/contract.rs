//! The embedded store keeps the contracts of every store.

use std::cell::Cell;

use tempfile::TempDir;
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::{
    admin_token_contract, event_contract, frame_contract, key_contract, passkey_contract,
    revocation_contract, service_contract, session_contract, statement_contract, status_contract,
};

#[tokio::test]
async fn it_keeps_sessions() {
    let fresh = Fresh::new();
    session_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_passkeys() {
    let fresh = Fresh::new();
    passkey_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_revocations() {
    let fresh = Fresh::new();
    revocation_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_frames() {
    let fresh = Fresh::new();
    frame_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_keys() {
    let fresh = Fresh::new();
    key_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_signed_key_sets() {
    let fresh = Fresh::new();
    statement_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_the_tokens_on_status_lists() {
    let fresh = Fresh::new();
    status_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_events_until_their_receivers_have_them() {
    let fresh = Fresh::new();
    event_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_services() {
    let fresh = Fresh::new();
    service_contract(async || fresh.store()).await;
}

#[tokio::test]
async fn it_keeps_administrators_tokens() {
    let fresh = Fresh::new();
    admin_token_contract(async || fresh.store()).await;
}

/// Makes stores, each in a file of its own.
struct Fresh {
    folder: TempDir,
    made: Cell<u32>,
}

impl Fresh {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), made: Cell::new(0) }
    }

    fn store(&self) -> SqliteStore {
        let number = self.made.get();
        self.made.set(number.wrapping_add(1));
        let path = self.folder.path().join(format!("{number}.db"));
        SqliteStore::open(path, Options::default()).unwrap()
    }
}
