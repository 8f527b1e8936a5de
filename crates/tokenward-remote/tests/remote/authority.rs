//! An authority as its verifiers see it: our own wire format over a real server, in which the test
//! decides about every message and about the time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame as BodyFrame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokenward::crypto::Secret256;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeyId, KeySet,
    SigningKey, Subject, TokenRequest, UnixTime,
};
use tokenward_remote::{Credential, Refusal, Remote, RemoteConfig};
use tokenward_revocation::feed::{FeedSigner, Frame, FrameHash, SNAPSHOT_TYPE, keys_digest};
use tokenward_revocation::{Fingerprints, NewRevocation, Revocation, Scope, Seq, View};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

pub(crate) type Reply = Response<UnsyncBoxBody<Bytes, Infallible>>;

pub(crate) struct Authority {
    pub(crate) state: Arc<State>,
    pub(crate) address: SocketAddr,
    _tasks: JoinSet<()>,
}

pub(crate) struct State {
    now: AtomicU64,
    rows: Mutex<Vec<Revocation>>,
    /// The chain: the last number of each frame, and the frame.
    chain: Mutex<Vec<(Seq, String)>>,
    pub(crate) signer: FeedSigner,
    key: Mutex<SigningKey>,
    streams: Mutex<Vec<mpsc::UnboundedSender<String>>>,
    pub(crate) down: AtomicBool,
    /// Whether a new stream begins with what was missed and a heartbeat, as it should.
    pub(crate) greets: AtomicBool,
    /// Whether it has no snapshot to give.
    pub(crate) without_snapshots: AtomicBool,
    /// What it gives in the place of a new snapshot.
    pub(crate) kept_snapshot: Mutex<Option<Vec<u8>>>,
    pub(crate) key_fetches: AtomicUsize,
    pub(crate) snapshots: AtomicUsize,
    pub(crate) opened: AtomicUsize,
    pub(crate) last_event_id: Mutex<String>,
}

impl Authority {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            now: AtomicU64::new(1_000_000),
            rows: Mutex::default(),
            chain: Mutex::default(),
            signer: FeedSigner::new(issuer(), SigningKey::generate(Algorithm::EdDsa), None)
                .unwrap(),
            key: Mutex::new(new_key()),
            streams: Mutex::default(),
            down: AtomicBool::new(false),
            greets: AtomicBool::new(true),
            without_snapshots: AtomicBool::new(false),
            kept_snapshot: Mutex::default(),
            key_fetches: AtomicUsize::new(0),
            snapshots: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            last_event_id: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&state)));
        Self { state, address, _tasks: tasks }
    }

    pub(crate) fn config(&self) -> RemoteConfig {
        let credential = Credential::new(ClientId::new("gate").unwrap(), "secret");
        RemoteConfig::new(issuer(), audience(), credential)
            .authority(format!("http://{}", self.address))
            .plain_http_on_loopback()
            .clock_error(Duration::from_secs(2))
    }

    pub(crate) fn remote(&self, config: &RemoteConfig) -> Remote {
        let state = Arc::clone(&self.state);
        Remote::start(config, Arc::new(move || state.now())).unwrap()
    }

    pub(crate) async fn connect(&self) -> Remote {
        let state = Arc::clone(&self.state);
        let remote = Remote::connect(&self.config(), Arc::new(move || state.now())).await.unwrap();
        // What a test sends next must find somebody who listens.
        until("following", || remote.status().following).await;
        remote
    }
}

impl State {
    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.now.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, wait: Duration) {
        let millis = u64::try_from(wait.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// Commits a revocation and tells nobody.
    pub(crate) fn revoke(&self, jti: &str) {
        let new = NewRevocation {
            audience: None,
            scope: Scope::Jti(Jti::new(jti).unwrap()),
            ends_at: self.now().saturating_add(Duration::from_secs(900)),
            at: self.now(),
            reason: None,
            by: "test".to_owned(),
        };
        let mut rows = self.rows.lock().unwrap();
        let seq = rows.last().map_or(Seq::ZERO, |row| row.seq).next();
        rows.push(Revocation::committed(seq, new));
    }

    /// Commits `count` revocations whose ids begin with `prefix`, and cuts their frame.
    pub(crate) fn revoke_many(&self, prefix: &str, count: usize) {
        (0..count).for_each(|number| self.revoke(&format!("{prefix}{number}")));
        self.cut();
    }

    /// The frames behind the first `after`, and a heartbeat, as a carrier is handed them.
    pub(crate) fn messages(&self, after: usize) -> (Vec<String>, String) {
        self.cut();
        let chain = self.chain.lock().unwrap();
        let frames = chain.iter().skip(after).map(|(_, jws)| jws.clone()).collect();
        drop(chain);
        let (head, hash) = self.head();
        (frames, self.signer.heartbeat(head, hash, self.now(), None).unwrap())
    }

    pub(crate) fn frame_count(&self) -> usize {
        self.chain.lock().unwrap().len()
    }

    /// As a restored backup does.
    pub(crate) fn forget_everything(&self) {
        self.rows.lock().unwrap().clear();
        self.chain.lock().unwrap().clear();
    }

    /// Forgets the frames before the last one, as an authority does in time.
    pub(crate) fn forget_frames(&self) {
        let mut chain = self.chain.lock().unwrap();
        let last = chain.pop();
        *chain = last.into_iter().collect();
    }

    /// Cuts a frame of what none holds yet, as an event.
    pub(crate) fn frame(&self) -> String {
        self.cut();
        frame_event(self.chain.lock().unwrap().last().unwrap())
    }

    pub(crate) fn heartbeat(&self) -> String {
        self.heartbeat_at(self.now())
    }

    pub(crate) fn heartbeat_at(&self, time: UnixTime) -> String {
        self.cut();
        let (head, hash) = self.head();
        let keys = Some(keys_digest(self.jwks().as_bytes()));
        let jws = self.signer.heartbeat(head, hash, time, keys).unwrap();
        format!("event: heartbeat\ndata: {jws}\n\n")
    }

    pub(crate) fn snapshot(&self) -> Vec<u8> {
        self.cut();
        let (head, hash) = self.head();
        let view = View::local_under(audience(), prints());
        self.rows.lock().unwrap().iter().for_each(|row| view.insert(row));
        self.signer.snapshot(head, hash, self.now(), &view).unwrap()
    }

    fn cut(&self) {
        let (last, prev) = self.head();
        let rows = self.rows.lock().unwrap();
        let rows: Vec<_> = rows.iter().filter(|row| row.seq > last).collect();
        let Some(seq_to) = rows.last().map(|row| row.seq) else { return };
        let (issuer, seq_from, time) = (issuer(), last.next(), self.now());
        let items = Frame::items_of(&audience(), &prints(), rows);
        let frame = Frame { issuer, seq_from, seq_to, time, prev, items };
        self.chain.lock().unwrap().push((seq_to, self.signer.frame(&frame).unwrap()));
    }

    fn head(&self) -> (Seq, Option<FrameHash>) {
        let chain = self.chain.lock().unwrap();
        chain.last().map_or((Seq::ZERO, None), |(seq, jws)| (*seq, Some(FrameHash::of(jws))))
    }

    pub(crate) fn send(&self, text: &str) {
        self.streams.lock().unwrap().retain(|stream| stream.send(text.to_owned()).is_ok());
    }

    pub(crate) fn break_streams(&self) {
        self.streams.lock().unwrap().clear();
    }

    pub(crate) fn has_listeners(&self) -> bool {
        self.streams.lock().unwrap().iter().any(|stream| !stream.is_closed())
    }

    pub(crate) fn change_key(&self) {
        *self.key.lock().unwrap() = new_key();
    }

    pub(crate) fn token(&self, jti: &str) -> String {
        let lifetime = AccessLifetime::new(Duration::from_secs(900)).unwrap();
        let minter =
            Issuer::builder().issuer(issuer()).audience(audience()).lifetime(lifetime).build();
        let request = TokenRequest::new(
            Subject::new("u1").unwrap(),
            ClientId::new("app").unwrap(),
            Jti::new(jti).unwrap(),
        );
        minter.issue(request, &self.key.lock().unwrap(), self.now()).unwrap()
    }

    pub(crate) fn verdict(&self, remote: &Remote, token: &str) -> Verdict {
        match remote.verifier().verify(token, self.now()) {
            Ok(_) => Verdict::Good,
            Err(Refusal::Rejected(_)) => Verdict::Rejected,
            Err(Refusal::Unavailable(_)) => Verdict::Unavailable,
        }
    }

    fn jwks(&self) -> String {
        let key = self.key.lock().unwrap().verifying_key().clone();
        KeySet::from_keys([key]).unwrap().to_json()
    }

    fn answer(&self, request: &Request<Incoming>) -> Reply {
        if self.down.load(Ordering::SeqCst) {
            return reply(StatusCode::SERVICE_UNAVAILABLE, "", "");
        }
        let path = request.uri().path();
        if path == "/audiences/api/jwks.json" {
            self.key_fetches.fetch_add(1, Ordering::SeqCst);
            return reply(StatusCode::OK, "application/json", self.jwks());
        }
        // base64("gate:secret")
        if request
            .headers()
            .get("authorization")
            .is_none_or(|value| value != "Basic Z2F0ZTpzZWNyZXQ=")
        {
            return reply(StatusCode::UNAUTHORIZED, "", "");
        }
        match path {
            "/revocations/api/snapshot" => {
                self.snapshots.fetch_add(1, Ordering::SeqCst);
                if self.without_snapshots.load(Ordering::SeqCst) {
                    return reply(StatusCode::SERVICE_UNAVAILABLE, "", "");
                }
                let kept = self.kept_snapshot.lock().unwrap().clone();
                reply(StatusCode::OK, SNAPSHOT_TYPE, kept.unwrap_or_else(|| self.snapshot()))
            }
            "/revocations/api/feed" => self.stream(request),
            _ => reply(StatusCode::NOT_FOUND, "", ""),
        }
    }

    fn stream(&self, request: &Request<Incoming>) -> Reply {
        let last = request.headers()["last-event-id"].to_str().unwrap().to_owned();
        let (sender, receiver) = mpsc::unbounded_channel();
        if self.greets.load(Ordering::SeqCst) {
            // No snapshot has been as late.
            self.advance(Duration::from_millis(1));
            let greeting = self.heartbeat();
            let last = Seq::new(last.parse().unwrap());
            let chain = self.chain.lock().unwrap();
            let missed: Vec<_> = chain.iter().filter(|(seq, _)| *seq > last).collect();
            if missed.len() == chain.len() && last > Seq::ZERO && !missed.is_empty() {
                return reply(StatusCode::GONE, "application/json", "{}");
            }
            for frame in missed {
                sender.send(frame_event(frame)).unwrap();
            }
            sender.send(greeting).unwrap();
        }
        *self.last_event_id.lock().unwrap() = last;
        self.streams.lock().unwrap().push(sender);
        self.opened.fetch_add(1, Ordering::SeqCst);
        let mut reply = Response::new(Lines(receiver).boxed_unsync());
        reply.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
        reply
    }
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Good,
    Rejected,
    Unavailable,
}

/// Waits until `done`, however long the machine takes; a minute is for ever.
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let wait = async {
        let mut tick = interval(Duration::from_millis(5));
        while !done() {
            tick.tick().await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}

pub(crate) fn reply(status: StatusCode, kind: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = Full::new(Bytes::copy_from_slice(body.as_ref())).boxed_unsync();
    Response::builder().status(status).header("content-type", kind).body(body).unwrap()
}

/// Serves one connection, until it ends.
pub(crate) async fn serve_connection<S, A>(stream: S, answer: A)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    A: Fn(&Request<Incoming>) -> Reply,
{
    let service = service_fn(|request| {
        let reply = answer(&request);
        async move { Ok::<_, Infallible>(reply) }
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

pub(crate) fn audience() -> Audience {
    Audience::new("api").unwrap()
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _): (TcpStream, _) = listener.accept().await.unwrap();
        let state = Arc::clone(&state);
        connections.spawn(async move {
            serve_connection(stream, |request| state.answer(request)).await;
        });
    }
}

/// A body whose parts come when they are sent, and which ends when nobody can send any more.
pub(crate) struct Lines(pub(crate) mpsc::UnboundedReceiver<String>);

impl Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<BodyFrame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|line| line.map(|line| Ok(BodyFrame::data(line.into()))))
    }
}

fn frame_event((seq, jws): &(Seq, String)) -> String {
    format!("event: frame\nid: {seq}\ndata: {jws}\n\n")
}

pub(crate) fn new_key() -> SigningKey {
    let key = SigningKey::generate(Algorithm::EdDsa);
    let id = KeyId::new(key.verifying_key().thumbprint()).unwrap();
    key.with_key_id(id)
}

pub(crate) fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example/audiences/api").unwrap()
}

fn prints() -> Fingerprints {
    Fingerprints::new(Secret256::from_bytes([7; 32]))
}
