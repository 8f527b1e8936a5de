//! The listeners: TCP and Unix sockets, TLS, limits, time-outs, and an orderly end.
//!
//! ```text
//! Listener ──accept──▶ permit ──▶ TLS handshake ──▶ HTTP/1.1 or HTTP/2 ──▶ guard ──▶ Router
//!            (cap)               (time-out)        (headers, idle)        (body, time, panic)
//! ```
//!
//! Without TLS, too, both are spoken: a client that knows begins with HTTP/2's preface.
//!
//! **Invariants.** Whatever a peer sends or withholds, the memory and the time that it costs are
//! bounded by [`ServerLimits`]. No peer sees a panic, a back trace or a cause. What was begun before
//! the shutdown is finished, or cut off after [`ServerLimits::drain`]; event streams, which have no
//! end of their own, end at once.

mod activity;
mod answers;
mod at_once;
mod body;
mod connection;
mod crew;
mod guard;
mod limits;
mod listener;
mod peer;
mod redirect;
mod server;
mod stall;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use at_once::AtOnce;
pub use limits::ServerLimits;
pub use listener::{BindError, Listener};
pub use peer::{Peer, PeerIdentity};
pub use redirect::{RedirectError, redirect_router};
pub use server::{Server, Stopped};
pub use tls::{ClientAuthorities, Tls, TlsError, TlsIdentity};
