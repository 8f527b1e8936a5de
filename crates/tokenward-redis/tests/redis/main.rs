//! The feed in real Redis servers (`interop/redis/README.md`).
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(test)]

mod bench;
mod failover;
mod faults;
mod followers;
mod others;
mod rights;
mod single;
