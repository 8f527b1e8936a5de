//! Every bound of the listeners, in one place, each with its reason.

use std::time::Duration;

/// What one listener spends on its peers at most.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever sets limits starts from `default()`")]
pub struct ServerLimits {
    /// Connections at a time; more wait in the system's queue. 4096 leaves room under the usual
    /// limit of open files once the service manager has raised it.
    pub connections: usize,
    /// Bytes of all header fields of a request, and of its target: 16 KiB, twice what nginx takes,
    /// because cookies, a token and proxy headers come together. More is answered 431.
    pub header_bytes: usize,
    /// Header fields of a request. More is answered 431.
    pub headers: usize,
    /// Bytes of a request body, whatever the route allows below that. More is answered 413.
    pub body_bytes: usize,
    /// Concurrent requests in one HTTP/2 connection (RFC 9113 § 6.5.2 recommends 100 or more).
    pub streams: u32,
    /// For the whole TLS handshake.
    pub handshake: Duration,
    /// For all header fields of a request, from its first byte or from the accept: what stops a
    /// slow-loris.
    pub header_read: Duration,
    /// For the request body and the answer's head together. A body still unread then is answered
    /// 408, a handler still busy 503.
    pub request: Duration,
    /// For a connection with no request under way.
    pub idle: Duration,
    /// For a peer that has stopped reading its answer.
    pub write_stall: Duration,
    /// For what is under way at the shutdown.
    pub drain: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_bytes: 16 * 1_024,
            headers: 100,
            body_bytes: 1_024 * 1_024,
            streams: 128,
            handshake: Duration::from_secs(10),
            header_read: Duration::from_secs(10),
            request: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            write_stall: Duration::from_secs(30),
            drain: Duration::from_secs(20),
        }
    }
}
