//! Counting and timing of requests.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use tokio::time::Instant;

/// Upper bounds for `tokenward_http_request_seconds`: from a verdict in memory to a store that hangs.
///
/// A recorder must be given buckets, and must be tidied now and then whether or not anybody asks for
/// `/metrics`: else it keeps every single measurement.
pub const LATENCY_BUCKETS: &[f64] =
    &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Tells the recorder what each metric is. Call once, after it is installed.
pub fn describe() {
    describe_counter!("tokenward_http_requests_total", "Requests answered, by route and status");
    describe_histogram!("tokenward_http_request_seconds", "Time to the head of the answer");
    describe_gauge!("tokenward_http_connections", "Open connections");
    describe_counter!("tokenward_rejected_total", "Tokens and requests refused, by reason");
    describe_counter!("tokenward_gate_decisions_total", "Answers of the gate");
    describe_counter!("tokenward_sessions_created_total", "Sessions made, by audience");
    describe_counter!("tokenward_refreshes_total", "Refresh tokens presented, by outcome");
    describe_counter!("tokenward_revocations_total", "Revocations written, by kind");
    describe_counter!(
        "tokenward_client_auth_failed_total",
        "Clients that could not prove who they are"
    );
    describe_gauge!("tokenward_uptime_seconds", "Seconds since the start");
    describe_gauge!("tokenward_keys", "Keys of the authority, by state");
    describe_gauge!("tokenward_key_leftovers", "Private halves and orders still to be destroyed");
    describe_gauge!("tokenward_key_failures", "Failures in a row to make the next key");
    describe_gauge!(
        "tokenward_delegation_left_seconds",
        "For how long the root still vouches for the signer of key sets"
    );
    describe_gauge!(
        "tokenward_signer_waits",
        "Whether a newer signer of key sets waits for its delegation"
    );
    describe_counter!(
        "tokenward_shared_secret_tokens_total",
        "Tokens that an imported shared secret vouched for"
    );
    describe_gauge!("tokenward_can_sign", "Whether a key may sign now");
    describe_gauge!("tokenward_revocations_known", "Live revocations that are known");
    describe_gauge!("tokenward_revocation_age_seconds", "Age of what is known of revocations");
    describe_gauge!("tokenward_redis_up", "Whether the feed is written to Redis");
    describe_gauge!("tokenward_redis_told_seconds", "Time of the last heartbeat in Redis");
    describe_counter!(
        "tokenward_redis_failures_total",
        "Failed attempts to write to Redis, by cause"
    );
    describe_counter!("tokenward_redis_repairs_total", "What Redis had lost, by what it was");
    describe_gauge!("tokenward_events_waiting", "Events that their receiver does not have yet");
    describe_counter!("tokenward_events_failed_total", "Events that a receiver did not take");
    describe_counter!("tokenward_events_dropped_total", "Events that were given up");
    describe_gauge!("tokenward_verifier_fresh", "Whether tokens can be judged now");
}

/// Counts a refusal. `reason` is from a closed list, never text from a peer.
pub fn rejected(reason: &'static str) {
    counter!("tokenward_rejected_total", "reason" => reason).increment(1);
}

/// Counts and times a request under its route's pattern.
pub(crate) async fn measure(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    let route = route.map_or_else(|| "unmatched".to_owned(), |route| route.as_str().to_owned());
    let status = response.status().as_u16().to_string();
    histogram!("tokenward_http_request_seconds", "route" => route.clone())
        .record(begun.elapsed().as_secs_f64());
    counter!("tokenward_http_requests_total", "route" => route, "status" => status).increment(1);
    response
}

/// Counts a connection as open until it is dropped.
pub(crate) fn connection_gauge() -> OpenConnection {
    gauge!("tokenward_http_connections").increment(1.0);
    OpenConnection
}

/// A connection that counts as open.
#[derive(Debug)]
pub(crate) struct OpenConnection;

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!("tokenward_http_connections").decrement(1.0);
    }
}
