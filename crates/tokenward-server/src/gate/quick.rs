//! The shorter way to the most frequent answer: yes, about a token that is remembered.
//!
//! No router, no span, no label and no identity is made anew for it.
//!
//! **Invariant:** it is what the router would answer, and nothing but yes is answered here: of whatever else
//! there is to say, to the client or to the log, nothing has been said when the router is asked.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::response::Response;
use http::request::Parts;
use metrics::{Counter, Histogram, counter, histogram};
use tokenward_remote::Accepted;
use tokio::time::Instant;

use super::answer::{self, Values};
use super::{GateState, allowed};
use crate::http::{AtOnce, Peer, PeerIdentity};
use crate::settings::Profile;

/// A gate that answers at once where it can.
pub(super) struct QuickGate {
    gate: Arc<GateState>,
    identities: Identities,
    allowed: [OnceLock<Counter>; Profile::ALL.len()],
    routes: [OnceLock<(Counter, Histogram)>; 3],
}

impl QuickGate {
    pub(super) fn new(gate: Arc<GateState>) -> Self {
        Self {
            gate,
            identities: Identities::new(),
            allowed: [const { OnceLock::new() }; Profile::ALL.len()],
            routes: [const { OnceLock::new() }; 3],
        }
    }

    /// Counts the answer as the router's would have been.
    fn count(&self, profile: Profile, below: &str, begun: Instant) {
        let index = Profile::ALL.iter().position(|one| *one == profile);
        if let Some(allowed) = index.and_then(|index| self.allowed.get(index)) {
            let counter = || {
                let profile = profile.as_str();
                counter!("tokenward_gate_decisions_total", "profile" => profile, "decision" => "allowed")
            };
            allowed.get_or_init(counter).increment(1);
        }
        let [bare, slash, deep] = &self.routes;
        let (place, route) = match below {
            "" => (bare, super::ROUTES[0]),
            "/" => (slash, super::ROUTES[1]),
            _ => (deep, super::ROUTES[2]),
        };
        let (requests, seconds) = place.get_or_init(|| {
            (
                counter!("tokenward_http_requests_total", "route" => route, "status" => "200"),
                histogram!("tokenward_http_request_seconds", "route" => route),
            )
        });
        requests.increment(1);
        seconds.record(begun.elapsed().as_secs_f64());
    }
}

impl AtOnce for QuickGate {
    fn answer(
        &self,
        peer: Peer,
        identity: Option<&PeerIdentity>,
        parts: &Parts,
    ) -> Option<Response> {
        let begun = Instant::now();
        let (place, profile, judged) = self.gate.recall(peer, identity, parts)?;
        let response = allowed(profile, self.identities.of(judged.shared()), &parts.headers);
        self.count(profile, place.below, begun);
        Some(response)
    }
}

impl fmt::Debug for QuickGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuickGate").field("gate", &self.gate).finish_non_exhaustive()
    }
}

/// The identity headers of tokens that were asked about.
///
/// They are found by the place of the claims in memory, which is nobody else's while they are held here.
struct Identities(Box<[Mutex<Option<Arc<Known>>>]>);

struct Known {
    claims: Arc<Accepted>,
    values: Values,
}

impl Identities {
    fn new() -> Self {
        Self(std::iter::repeat_with(Mutex::default).take(PLACES).collect())
    }

    fn of(&self, claims: &Arc<Accepted>) -> Values {
        // What is allocated stands at multiples of sixteen.
        let index = (Arc::as_ptr(claims).addr() >> 4) % PLACES;
        let Some(place) = self.0.get(index) else { return answer::values(claims) };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Some(known) if Arc::ptr_eq(&known.claims, claims) => known.values.clone(),
            _ => {
                let values = answer::values(claims);
                let known = Known { claims: Arc::clone(claims), values: values.clone() };
                *place = Some(Arc::new(known));
                values
            }
        }
    }
}

/// About as many as a verifier remembers tokens; prime, so that addresses with a pattern get places of their own.
const PLACES: usize = 16_381;
