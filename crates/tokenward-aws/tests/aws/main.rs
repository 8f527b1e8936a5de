//! The client and the custodies, against ministack and moto, emulators of AWS (`interop/aws/README.md`).
#![expect(clippy::tests_outside_test_module, reason = "an integration test is one module")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod chain;
mod contract;
mod fit;
mod kek;
mod outage;
mod secrets;
mod stack;
