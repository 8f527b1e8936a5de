//! The client and the custody, against a stand-in for Vault (`interop/vault/README.md`), and
//! against a server of the same API.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod contract;
mod fit;
mod kek;
mod kv;
mod login;
mod outage;
mod rusty_vault;
mod secrets;
mod stand_in;
