//! The shop: what an application writes, and nothing of tokens in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tokenward::{Clock, Subject};
use tokenward_remote::LiveVerifier;
use tokenward_tower::csrf::Origins;
use tokenward_tower::{Claims, RequestIds, VerifyLayer};

/// The most orders of one shopper, and the most shoppers, that are remembered.
const MOST: usize = 50;

/// What was ordered, by whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders(Arc<Mutex<BTreeMap<Subject, Vec<&'static str>>>>);

impl Orders {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Subject, Vec<&'static str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `/api/*` for whoever has a token that `verifier` accepts at the time of `clock`.
pub(super) fn router(verifier: Arc<LiveVerifier>, clock: Arc<dyn Clock>, orders: Orders) -> Router {
    Router::new()
        .route("/api/me", get(me))
        .route("/api/orders", get(list).post(order))
        .layer(VerifyLayer::new(verifier, clock).cookies(Origins::none()))
        .layer(RequestIds::new())
        .with_state(orders)
}

async fn me(claims: Claims) -> Response {
    Json(json!({ "subject": claims.subject().as_str() })).into_response()
}

async fn list(State(orders): State<Orders>, claims: Claims) -> Response {
    let all = orders.all();
    Json(all.get(claims.subject()).cloned().unwrap_or_default()).into_response()
}

#[derive(Deserialize)]
struct Order {
    item: String,
}

async fn order(
    State(orders): State<Orders>,
    claims: Claims,
    Json(wanted): Json<Order>,
) -> Response {
    let Some(item) = ITEMS.into_iter().find(|item| *item == wanted.item) else {
        return (StatusCode::BAD_REQUEST, Json(Value::Null)).into_response();
    };
    let mut all = orders.all();
    if !all.contains_key(claims.subject()) && all.len() >= MOST {
        all.pop_first();
    }
    let mine = all.entry(claims.subject().clone()).or_default();
    if mine.len() < MOST {
        mine.push(item);
    }
    (StatusCode::CREATED, Json(mine.clone())).into_response()
}

const ITEMS: [&str; 3] = ["tea", "honey", "bread"];
