//! A verifier in another process, in so far as it knows the authority by its sockets alone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokenward::{Audience, ClientId, IssuerId, UnixTime};
use tokenward_remote::{Credential, Refusal, Remote, RemoteConfig};
use tokenward_server::http::{Listener, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

use crate::harness::{BILLING, Bench, LOGIN};

#[tokio::test]
async fn a_session_that_ends_is_refused_by_a_remote_verifier() {
    let world = World::new().await;
    let (one, other) = (world.token().await, world.token().await);
    assert_eq!(world.verdict(&one), Verdict::Good);

    let path = format!("/v1/sessions/{}", one["session_id"].as_str().unwrap());
    world.bench.json(Method::DELETE, &path, LOGIN, &Value::Null).await;

    world.until("refused", || world.verdict(&one) == Verdict::Rejected).await;
    assert_eq!(world.verdict(&other), Verdict::Good);
}

#[tokio::test]
async fn a_bumped_version_is_known_to_a_remote_verifier_and_newer_tokens_pass() {
    let world = World::new().await;
    let old = world.token().await;

    world.bench.post("/v1/subjects/alice/token-version", LOGIN, &json!({})).await;

    world.until("refused", || world.verdict(&old) == Verdict::Rejected).await;
    assert_eq!(world.verdict(&world.token().await), Verdict::Good);
}

#[tokio::test]
async fn keys_rotate_twice_and_a_remote_verifier_never_refuses_a_good_token() {
    let world = World::new().await;
    let mut tokens = vec![world.token().await];
    let audience = Audience::new(BILLING).unwrap();
    for _ in 0..2 {
        // By then the standby is ripe: C, D and a little more.
        for _ in 0..100 {
            world.bench.later(Duration::from_secs(4)).await;
            world.until("fresh", || world.remote.verifier().fresh(world.now()).is_ok()).await;
        }
        // The minutes of C and D pass here in no time, a fetch takes what it takes.
        let published = world.bench.authority.ring(&audience).unwrap().key_set();
        world
            .until("every published key is known", || {
                let known = world.remote.verifier().keys();
                published.keys().iter().all(|key| known.find(key.key_id().unwrap()).is_some())
            })
            .await;
        world.bench.authority.rotate(&audience).await.unwrap();
        tokens = vec![world.token().await];
        assert_eq!(world.verdict(&tokens[0]), Verdict::Good);
    }
    tokens.push(world.token().await);

    assert!(tokens.iter().all(|token| world.verdict(token) == Verdict::Good));
}

#[tokio::test]
async fn an_authority_that_goes_away_is_missed_and_found_again() {
    let mut world = World::new().await;
    let token = world.token().await;

    world.stop().await;
    assert_eq!(world.verdict(&token), Verdict::Good);
    world.bench.clock.advance(Duration::from_secs(11));
    assert_eq!(world.verdict(&token), Verdict::Unavailable);

    world.serve().await;
    world.until("found again", || world.verdict(&token) == Verdict::Good).await;
}

#[derive(Debug, Eq, PartialEq)]
enum Verdict {
    Good,
    Rejected,
    Unavailable,
}

struct World {
    bench: Bench,
    remote: Remote,
    address: SocketAddr,
    server: Option<JoinHandle<()>>,
    stop: Option<oneshot::Sender<()>>,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let address = SocketAddr::from(([127, 0, 0, 1], tokenward_testing::free_port()));
        let listener = Listener::bind_tcp("listen.public", address).await.unwrap();
        let issuer =
            IssuerId::new(format!("https://auth.example.com/audiences/{BILLING}")).unwrap();
        let credential = Credential::new(ClientId::new(LOGIN).unwrap(), bench.secret());
        let config = RemoteConfig::new(issuer, Audience::new(BILLING).unwrap(), credential)
            .authority(format!("http://{address}"))
            .plain_http_on_loopback();
        let remote = Remote::start(&config, Arc::new(bench.clock.clone())).unwrap();
        let mut world = Self { bench, remote, address, server: None, stop: None };
        world.serve_on(listener);
        world.until("following", || world.remote.status().following).await;
        world.until("ready", || world.remote.verifier().fresh(world.now()).is_ok()).await;
        world
    }

    async fn serve(&mut self) {
        let listener = Listener::bind_tcp("listen.public", self.address).await.unwrap();
        self.serve_on(listener);
    }

    fn serve_on(&mut self, listener: Listener) {
        let mut server = Server::new();
        server.add(listener, None, self.bench.authority.public_router());
        let (stop, stopped) = oneshot::channel();
        self.stop = Some(stop);
        self.server = Some(tokio::spawn(async move {
            server.run(async { drop(stopped.await) }).await;
        }));
    }

    async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.server.take().unwrap().await.unwrap();
    }

    async fn token(&self) -> Value {
        self.bench.session(json!({})).await
    }

    fn verdict(&self, session: &Value) -> Verdict {
        let token = session["access_token"].as_str().unwrap();
        match self.remote.verifier().verify(token, self.now()) {
            Ok(_) => Verdict::Good,
            Err(Refusal::Rejected(_)) => Verdict::Rejected,
            Err(Refusal::Unavailable(_)) => Verdict::Unavailable,
        }
    }

    fn now(&self) -> UnixTime {
        self.bench.authority.now()
    }

    async fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let wait = async {
            let mut tick = interval(Duration::from_millis(5));
            while !done() {
                tick.tick().await;
                // A heartbeat that says the time of the one before is no sign of life.
                self.bench.clock.advance(Duration::from_millis(5));
            }
        };
        let status = || format!("never: {what}: {:?}", self.remote.status());
        timeout(Duration::from_secs(60), wait).await.unwrap_or_else(|_| panic!("{}", status()));
    }
}
