//! The administrator's door: everything that `tokenward keys`, `sessions`, `revoke` and `services` do.
//!
//! **Invariant:** every change is an event of the target `tokenward::audit` that says who made it.

pub mod api;
