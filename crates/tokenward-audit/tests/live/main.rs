//! The live audit against real servers: what is planted is found, and what is well is left alone.

#![cfg(test)]

mod faults;
mod hostile;
mod java;
mod libraries;
mod server;
