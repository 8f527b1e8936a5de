//! The program as users run it: real processes, real TLS, real files.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

mod bad_input;
mod client;
mod clock;
mod crash;
mod docs;
mod harness;
mod interop;
mod links;
mod markdown;
mod memory;
mod mishaps;
mod openapi;
mod outage;
mod pages;
mod process;
mod refusals;
mod rotation;
mod sessions;
mod shell;
mod shutdown;
mod tour;
