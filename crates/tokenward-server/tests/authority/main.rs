//! The authority through its public router, on a real store and with a clock that the tests move.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]

mod browser;
mod coverage;
mod discovery;
mod feed;
mod harness;
mod oauth;
mod refresh;
mod sessions;
