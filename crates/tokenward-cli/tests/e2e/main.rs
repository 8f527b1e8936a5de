//! The program as users run it: real processes, real TLS, real files.

#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]

mod bad_input;
mod client;
mod crash;
mod harness;
mod mishaps;
mod pages;
mod process;
mod refusals;
mod rotation;
mod sessions;
mod shutdown;
