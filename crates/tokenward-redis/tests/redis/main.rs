//! The feed in real Redis servers (`interop/redis/README.md`).

#![cfg(test)]

mod bench;
mod failover;
mod faults;
mod followers;
mod middle;
mod others;
mod rights;
mod single;
