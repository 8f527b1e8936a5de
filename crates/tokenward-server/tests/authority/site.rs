//! Where others publish their keys.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use tokenward::{KeySet, SigningKey};

/// Where a service publishes its keys.
pub(crate) struct Site {
    url: String,
    body: Arc<Mutex<(String, usize)>>,
}

impl Site {
    pub(crate) async fn new() -> Self {
        let body = Arc::<Mutex<(String, usize)>>::default();
        let said = Arc::clone(&body);
        let answer = move || {
            let mut said = said.lock().unwrap();
            said.1 = said.1.saturating_add(1);
            std::future::ready(said.0.clone())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let router = Router::new().route("/jwks.json", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, body }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn publish(&self, keys: &[&SigningKey]) {
        let keys = keys.iter().map(|key| key.verifying_key().clone());
        self.say(&KeySet::from_keys(keys).unwrap().to_json());
    }

    pub(crate) fn say(&self, body: &str) {
        self.body.lock().unwrap().0 = body.to_owned();
    }

    pub(crate) fn asked(&self) -> usize {
        self.body.lock().unwrap().1
    }
}
