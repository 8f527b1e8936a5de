//! A foreign issuer as its verifiers see it: a real server, in which the test decides about every
//! answer and about the time.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc as std_mpsc};
use std::time::Duration;

use http::StatusCode;
use http_body_util::BodyExt as _;
use tokenward::{
    AccessLifetime, ClientId, Clock, ErrorChain, Issuer as Minter, IssuerId, Jti, KeySet,
    SigningKey, Subject, TokenRequest, UnixTime, Verifier,
};
use tokenward_remote::{
    Endpoint, HttpClient, HttpOptions, JwksVerifier, KeySetEvent, KeySetEvents, KeySetLocation,
    KeySetOptions, KeySetSource, Refusal,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Instant, advance, timeout};

use crate::authority::{Lines, Reply, Verdict, audience, new_key, reply, serve_connection};

pub(crate) struct Issuer {
    pub(crate) key: SigningKey,
    pub(crate) address: SocketAddr,
    server: Arc<Server>,
    time: Time,
    _tasks: JoinSet<()>,
}

struct Server {
    answer: Mutex<Answer>,
    asked: Mutex<Vec<(String, Instant)>>,
}

type Answer = Box<dyn Fn(&str) -> Reply + Send>;

impl Issuer {
    /// An issuer that publishes its key at every path. From here on time stands still, if the test
    /// began with a paused clock.
    pub(crate) async fn start() -> Self {
        let time = Time::stop();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let key = new_key();
        let body = key_set([&key]);
        let server = Arc::new(Server {
            answer: Mutex::new(Box::new(move |_| json(&body))),
            asked: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&server)));
        Self { key, address, server, time, _tasks: tasks }
    }

    pub(crate) fn answers(&self, answer: impl Fn(&str) -> Reply + Send + 'static) {
        *self.server.answer.lock().unwrap() = Box::new(answer);
    }

    pub(crate) fn publishes<'a>(&self, keys: impl IntoIterator<Item = &'a SigningKey>) {
        let body = key_set(keys);
        self.answers(move |_| json(&body));
    }

    pub(crate) fn fails(&self) {
        self.answers(|_| reply(StatusCode::INTERNAL_SERVER_ERROR, "", ""));
    }

    /// What it was asked for until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.server.asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }

    /// Waits until it was asked `times`.
    pub(crate) async fn was_asked(&self, times: usize) {
        while self.asked().len() < times {
            yield_now().await;
        }
    }

    /// The times between one request and the next.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        let asked = self.server.asked.lock().unwrap();
        asked.windows(2).map(|pair| pair[1].1.duration_since(pair[0].1)).collect()
    }

    pub(crate) fn id(&self) -> IssuerId {
        IssuerId::new(format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn url(&self) -> Endpoint {
        Endpoint::https_or_loopback(&format!("http://{}/jwks.json", self.address)).unwrap()
    }

    pub(crate) fn source(&self) -> KeySetSource {
        self.source_at(self.url())
    }

    pub(crate) fn source_at(&self, location: impl Into<KeySetLocation>) -> KeySetSource {
        let http = HttpClient::new(&http_options(), self.time.clock()).unwrap();
        KeySetSource::new(http, location, KeySetOptions::new("foreign"), self.time.clock())
    }

    pub(crate) fn policy(&self) -> impl FnOnce(KeySet) -> Verifier + Send + 'static {
        let builder = Verifier::builder().issuer(self.id()).audience(audience());
        move |keys| builder.keys(keys).build()
    }

    /// A verifier that has fetched once, and what happens to it from now on.
    pub(crate) async fn verifier(&self) -> (JwksVerifier, KeySetEvents) {
        let verifier = JwksVerifier::start(self.source(), self.policy());
        let mut events = verifier.events();
        assert!(matches!(next(&mut events).await, KeySetEvent::Refreshed { .. }));
        (verifier, events)
    }

    /// Why a set that is fetched now is not taken.
    pub(crate) async fn refusal(&self, location: impl Into<KeySetLocation>) -> String {
        let source = self.source_at(location);
        let fetched = timeout(A_DAY, source.fetch()).await.expect("an answer");
        ErrorChain::new(&fetched.unwrap_err()).to_string()
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.time.clock().now()
    }

    pub(crate) fn token(&self) -> String {
        self.token_by(&self.key)
    }

    pub(crate) fn token_by(&self, key: &SigningKey) -> String {
        let lifetime = AccessLifetime::new(Duration::from_secs(900)).unwrap();
        let minter =
            Minter::builder().issuer(self.id()).audience(audience()).lifetime(lifetime).build();
        let request = TokenRequest::new(
            Subject::new("u1").unwrap(),
            ClientId::new("app").unwrap(),
            Jti::new("t1").unwrap(),
        );
        minter.issue(request, key, self.now()).unwrap()
    }

    pub(crate) fn verdict(&self, verifier: &JwksVerifier, token: &str) -> Verdict {
        match verifier.verify(token, self.now()) {
            Ok(_) => Verdict::Good,
            Err(Refusal::Rejected(_)) => Verdict::Rejected,
            Err(Refusal::Unavailable(_)) => Verdict::Unavailable,
        }
    }
}

/// Time that moves only where a test moves it.
///
/// A paused clock alone runs ahead whenever every task waits, for the network too; it does not while
/// something blocks.
struct Time {
    start: Instant,
    _blocks: std_mpsc::Sender<()>,
}

impl Time {
    fn stop() -> Self {
        let (blocks, ended) = std_mpsc::channel::<()>();
        // A minute of the world's time is for ever: then the clock runs, and what waits in vain fails.
        spawn_blocking(move || ended.recv_timeout(Duration::from_secs(60)));
        Self { start: Instant::now(), _blocks: blocks }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        let start = self.start;
        Arc::new(move || UnixTime::from_secs(1_000_000).saturating_add(start.elapsed()))
    }
}

/// Lets `wait` pass, and whoever has something to do then do it.
pub(crate) async fn pass(wait: Duration) {
    advance(wait).await;
    for _ in 0..100 {
        yield_now().await;
    }
}

/// What happens next, at this very time.
pub(crate) async fn next(events: &mut KeySetEvents) -> KeySetEvent {
    timeout(A_DAY, events.next()).await.expect("an event").expect("a source")
}

/// What happens next, `wait` later.
pub(crate) async fn next_after(wait: Duration, events: &mut KeySetEvents) -> KeySetEvent {
    advance(wait).await;
    next(events).await
}

pub(crate) fn key_set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> String {
    let keys = keys.into_iter().map(|key| key.verifying_key().clone());
    KeySet::from_keys(keys).unwrap().to_json()
}

pub(crate) fn json(body: &str) -> Reply {
    let mut reply = reply(StatusCode::OK, "application/json", body);
    reply.headers_mut().insert("cache-control", "max-age=300".parse().unwrap());
    reply
}

pub(crate) fn redirect_to(url: &str) -> Reply {
    let mut reply = reply(StatusCode::FOUND, "", "");
    reply.headers_mut().insert("location", url.parse().unwrap());
    reply
}

/// An answer whose body comes when it is sent.
pub(crate) fn streamed() -> (mpsc::UnboundedSender<String>, Reply) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, Reply::new(Lines(receiver).boxed_unsync()))
}

/// For where the system has no roots.
pub(crate) fn http_options() -> HttpOptions {
    let mut options = HttpOptions::default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    options.extra_ca = Some(made.cert.pem().into_bytes());
    options
}

/// What takes so long has been lost.
const A_DAY: Duration = Duration::from_secs(86_400);

async fn serve(listener: TcpListener, server: Arc<Server>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let server = Arc::clone(&server);
        connections.spawn(async move {
            serve_connection(stream, |request| {
                let path = request.uri().path();
                server.asked.lock().unwrap().push((path.to_owned(), Instant::now()));
                (*server.answer.lock().unwrap())(path)
            })
            .await;
        });
    }
}
