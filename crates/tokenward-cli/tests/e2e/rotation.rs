//! Keys rotate while requests go on, and no good token is ever refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;

use crate::client::{Call, Client};
use crate::harness::{Authority, Example, Gate, Session};

/// How often the keys rotate meanwhile.
const ROTATIONS: usize = 4;

#[tokio::test]
async fn no_good_token_is_refused_while_keys_rotate() {
    let authority = Authority::dev().await;
    let gate = Gate::of(&authority).await;
    let example = Example::of(&authority).await;
    let places = [authority.forward_auth(), gate.question(), example.whoami()];
    let first = authority.create("first").await.access;
    let requests = Arc::new(Requests::default());
    let loops: Vec<_> = places
        .iter()
        .map(|place| {
            let requests = Arc::clone(&requests);
            tokio::spawn(
                requests.keep_asking(authority.client.clone(), place.clone().bearer(&first)),
            )
        })
        .collect();

    let mut kids = Vec::new();
    for _ in 0..ROTATIONS {
        authority.command(&["keys", "rotate", "--wait"]).await;
        // The first token of the new key, at once and everywhere.
        let session = authority.create("next").await;
        kids.push(key_of(&session.access));
        for place in &places {
            requests.ask(&authority.client, place.clone().bearer(&session.access)).await;
        }
        // And one that a session goes on with.
        let renewed = Session::of(&authority.refresh(&session.refresh).await.unwrap().expect(200));
        for place in &places {
            requests.ask(&authority.client, place.clone().bearer(&renewed.access)).await;
        }
    }

    requests.enough.store(true, Ordering::SeqCst);
    for one in loops {
        one.await.unwrap();
    }
    kids.dedup();
    assert_eq!(kids.len(), ROTATIONS, "each rotation brought another key");
    assert!(requests.asked.load(Ordering::SeqCst) > 100, "{requests:?}");
}

#[derive(Debug, Default)]
struct Requests {
    asked: AtomicUsize,
    enough: AtomicBool,
}

impl Requests {
    async fn keep_asking(self: Arc<Self>, client: Client, call: Call) {
        while !self.enough.load(Ordering::SeqCst) {
            self.ask(&client, call.clone()).await;
        }
    }

    async fn ask(&self, client: &Client, call: Call) {
        client.ask(call).await.expect(200);
        self.asked.fetch_add(1, Ordering::SeqCst);
    }
}

fn key_of(token: &str) -> String {
    let header = tokenward::b64::decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}
