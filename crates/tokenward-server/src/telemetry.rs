//! What an operator's monitoring sees: metrics, health and readiness.
//!
//! | metric | labels | what |
//! | --- | --- | --- |
//! | `tokenward_http_requests_total` | `route`, `status` | requests answered |
//! | `tokenward_http_request_seconds` | `route` | from the first header byte read to the answer's head |
//! | `tokenward_http_connections` | | open connections |
//! | `tokenward_rejected_total` | `reason` | tokens refused, and requests refused before their token |
//! | `tokenward_gate_decisions_total` | `profile`, `decision` | answers of the gate |
//! | `tokenward_uptime_seconds` | | since the start |
//! | `tokenward_keys` | `audience`, `state` | keys of the authority |
//! | `tokenward_delegation_left_seconds` | | for how long the [root](tokenward::root) still vouches for the signer of key sets |
//! | `tokenward_signer_waits` | | 1 while a newer signer of key sets waits for its delegation |
//! | `tokenward_shared_secret_tokens_total` | `audience` | tokens that an imported shared secret vouched for |
//! | `tokenward_key_failures` | `audience` | failures in a row to make the next key |
//! | `tokenward_key_leftovers` | `audience` | what the custody has still to destroy |
//! | `tokenward_can_sign` | `audience` | 1 while a key may sign |
//! | `tokenward_revocations_known` | `audience` | revocations that are known |
//! | `tokenward_revocation_age_seconds` | `audience` | age of that knowledge |
//! | `tokenward_verifier_fresh` | `audience` | 1 while tokens can be judged |
//!
//! **Invariant:** no label holds what a peer sent. Routes are patterns, methods are not labels, reasons
//! are a closed list; so the number of series is bounded by the program.

mod measure;
mod observe;
mod routes;

#[cfg(test)]
mod tests;

pub use measure::{LATENCY_BUCKETS, describe, rejected};
pub(crate) use measure::{connection_gauge, measure};
pub use observe::{observe_authority, observe_verifier};
pub use routes::{Readiness, health_router, metrics_router};
