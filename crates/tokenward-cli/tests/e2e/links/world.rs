//! An authority as it is run, its Redis, and verifiers that follow it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use serde_json::json;
use tokenward::{Audience, ClientId, IssuerId, Jti, Subject, UnixTime};
use tokenward_redis::{RedisAddress, RedisSecrets, RedisSource};
use tokenward_remote::{Credential, FeedOptions, LiveVerifier, Remote, RemoteConfig, SystemClock};
use tokenward_revocation::feed::{FeedTrust, Snapshot};
use tokenward_revocation::{Facts, Fingerprints, RevocationStore as _, View, WhenStale};
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::redis::RedisServer;
use tokio::time::{Instant, interval};

use super::ledger::{Ledger, Watched, now};
use super::load::{By, revoke_token};
use super::middle::Middle;
use super::overheard::{Count, Overheard};
use crate::client::{Call, Client};
use crate::harness::Session;
use crate::pages::remote::Site;
use crate::process::Process;
use crate::shell::Shell;

/// However slow the machine.
const AT_LAST: Duration = Duration::from_secs(180);

const SERVICES: &str = "\
    [[service]]\nname = \"gate\"\nmay = [\"revocations:read\"]\naudiences = [\"api\"]\n\
    [[service]]\nname = \"back\"\nmay = [\"revocations:write\", \"sessions:write\"]\naudiences = [\"api\"]\n";

pub(super) struct World {
    site: Site,
    process: Mutex<Option<Process>>,
    redis: String,
    /// The secrets of `back` and `gate`.
    back: String,
    gate: String,
    /// They follow as long as these live.
    remotes: Mutex<Vec<Remote>>,
    /// How much each verifier heard that follows Redis.
    by_redis: Mutex<Vec<Count>>,
}

/// A back end that revokes.
pub(super) struct Caller {
    client: Client,
    url: String,
    secret: String,
}

impl World {
    /// An authority that writes its feed to this Redis, too.
    pub(super) async fn start(redis: &str) -> Self {
        let shell = Shell::new();
        let etc = shell.path("etc").display().to_string();
        let shell = shell.replacing("/etc/tokenward", &etc);
        fs::create_dir(shell.path("etc")).unwrap();
        let config = format!("{SERVICES}[revocation]\nfeed = \"{redis}\"\n");
        let site = Site::new(shell, "redis-start", &config);
        lengthen_lives(&site.shell.path("etc/tokenward.toml"));
        let process = site.serve().await;
        let secret = async |name: &str| {
            let order = format!("tokenward services rotate-secret {name} --data /etc/tokenward");
            let made = site.shell.run(&order).await;
            made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap().to_owned()
        };
        let (back, gate) = (secret("back").await, secret("gate").await);
        let (process, redis) = (Mutex::new(Some(process)), redis.to_owned());
        Self {
            site,
            process,
            redis,
            back,
            gate,
            remotes: Mutex::default(),
            by_redis: Mutex::default(),
        }
    }

    pub(super) fn url(&self) -> String {
        self.site.url.clone()
    }

    /// A client that shares no connection with another.
    pub(super) fn client(&self) -> Client {
        Client::trusting(&self.site.shell.path("etc/fullchain.pem"))
    }

    pub(super) fn caller(&self) -> Caller {
        Caller { client: self.client(), url: self.url(), secret: self.back.clone() }
    }

    /// Revokes them as an administrator does who has a list.
    pub(super) async fn revoke_file(&self, ids: &[String]) {
        let mut lines = String::new();
        for id in ids {
            writeln!(lines, "jti {id}").unwrap();
        }
        fs::write(self.site.shell.path("ids.txt"), lines).unwrap();
        let order = "tokenward revoke --file ids.txt --data /etc/tokenward";
        assert_eq!(self.site.shell.run(order).await, format!("{} revoked\n", ids.len()));
    }

    /// Ends the authority at once, and starts it again on its files.
    pub(super) async fn kill_and_start_again(&self) {
        self.process.lock().unwrap().take().unwrap().kill();
        let again = self.site.serve().await;
        *self.process.lock().unwrap() = Some(again);
    }

    /// A verifier that trusts all clocks to the millisecond, as it may on one machine, and goes on
    /// however old it is: what it says of its age is all that protects anybody.
    pub(super) fn config(&self) -> RemoteConfig {
        let issuer = IssuerId::new(format!("{}/audiences/api", self.url())).unwrap();
        let credential = Credential::new(ClientId::new("gate").unwrap(), &self.gate);
        let mut options = FeedOptions::default();
        options.detour = Duration::from_secs(1);
        RemoteConfig::new(issuer, audience(), credential)
            .extra_ca(fs::read(self.site.shell.path("etc/fullchain.pem")).unwrap())
            .clock_error(Duration::ZERO)
            .max_staleness(Duration::from_secs(2))
            .when_stale(WhenStale::Accept)
            .connect_timeout(AT_LAST)
            .feed(options)
    }

    /// Verifiers that follow the authority itself.
    pub(super) async fn connect(&self, count: usize) -> Vec<Arc<LiveVerifier>> {
        self.connect_by(count, || self.config()).await
    }

    pub(super) async fn connect_by_redis(&self, count: usize) -> Vec<Arc<LiveVerifier>> {
        let source = || {
            let address = RedisAddress::new(&self.redis).unwrap();
            let source = RedisSource::new(address, RedisSecrets::default(), "prod");
            let frames = Count::default();
            self.by_redis.lock().unwrap().push(Arc::clone(&frames));
            Arc::new(Overheard { source, frames })
        };
        self.connect_by(count, || self.config().feed_source(source())).await
    }

    pub(super) async fn connect_through(&self, middle: &Middle) -> Arc<LiveVerifier> {
        let config = || self.config().authority(&middle.url).plain_http_on_loopback();
        self.connect_by(1, config).await.remove(0)
    }

    async fn connect_by(
        &self,
        count: usize,
        config: impl Fn() -> RemoteConfig,
    ) -> Vec<Arc<LiveVerifier>> {
        let mut verifiers = Vec::new();
        for _ in 0..count {
            let clock = Arc::new(SystemClock::new());
            let remote = Remote::connect(&config(), clock).await.unwrap();
            verifiers.push(remote.verifier());
            self.remotes.lock().unwrap().push(remote);
        }
        verifiers
    }

    /// One more token is revoked, and each verifier refuses it.
    pub(super) async fn all_hear_of_another(
        &self,
        verifiers: &[Arc<LiveVerifier>],
        ledger: &Ledger,
    ) {
        let by_redis = self.by_redis.lock().unwrap().clone();
        let heard = |count: &Count| count.load(Ordering::SeqCst);
        let before: Vec<_> = by_redis.iter().map(heard).collect();
        let watched = revoke_token(&self.caller(), ledger, By::Jti).await;
        for (place, verifier) in verifiers.iter().enumerate() {
            until(&format!("verifier {place} hears of it"), || refuses(verifier, &watched)).await;
        }
        for (count, before) in by_redis.iter().zip(before) {
            until("Redis tells of it, too", || heard(count) > before).await;
        }
    }

    /// Waits until there is a master that holds the feed as far as the store has come, and answers its port.
    pub(super) async fn until_told<'a>(&self, master: impl Fn() -> Option<&'a RedisServer>) -> u16 {
        let head = self.snapshot().await.0.head.get();
        let told = |server: &&RedisServer| {
            let seq = server.cli(&["hget", "{tw:prod}:head", "seq"]);
            seq.parse::<u64>().is_ok_and(|seq| seq >= head)
        };
        let port = || master().filter(told).map(RedisServer::port);
        until_some("a master holds the feed again", port).await
    }

    /// Every verifier holds what the store holds, and refuses every id that was answered.
    pub(super) async fn all_know_what_the_store_holds(
        self,
        verifiers: &[Arc<LiveVerifier>],
        ledger: &Ledger,
    ) {
        let fingerprints = self.all_hold_its_snapshot(verifiers).await;
        // What it wrote is read by somebody else, from the file alone.
        let mut process = self.process.lock().unwrap().take().unwrap();
        process.terminate();
        assert!(process.ended().await.success());
        let path = self.site.shell.path("etc/tokenward.db");
        let store = SqliteStore::open(path, Options::default()).unwrap();
        let (_, live) = store.live(now()).await.unwrap();
        let stored = View::local_under(audience(), fingerprints);
        for row in &live {
            stored.insert(row);
        }
        let stored = stored.export();
        let (ids, tokens) = (ledger.ids(), ledger.tokens_after(0));
        println!("{} ids and {} tokens, {} bytes of a set", ids.len(), tokens.len(), stored.len());
        for (place, verifier) in verifiers.iter().enumerate() {
            assert!(verifier.view().export() == stored, "verifier {place} and the store differ");
            for id in &ids {
                assert!(knows(verifier.view(), id), "verifier {place} has lost {id}");
            }
            for watched in tokens.iter().filter(|watched| watched.revoked_at().is_some()) {
                assert!(refuses(verifier, watched), "verifier {place} has lost {watched:?}");
            }
        }
    }

    /// Waits until what the authority sends to a newcomer is what every verifier holds. It may send what it
    /// made some seconds ago, so it is asked again.
    async fn all_hold_its_snapshot(&self, verifiers: &[Arc<LiveVerifier>]) -> Fingerprints {
        let end = Instant::now() + AT_LAST;
        let mut again = interval(Duration::from_millis(500));
        loop {
            again.tick().await;
            let (said, body) = self.snapshot().await;
            let behind = verifiers.iter().position(|verifier| verifier.view().export() != body);
            let Some(place) = behind else { return said.fingerprints };
            assert!(Instant::now() < end, "never: verifier {place} has it all");
        }
    }

    /// What a snapshot says, and its body.
    async fn snapshot(&self) -> (Snapshot, Vec<u8>) {
        let call = Call::get(&format!("{}/revocations/api/snapshot", self.url()));
        let answer = self.client().ask(call.basic("gate", &self.gate)).await.expect(200);
        let issuer = IssuerId::new(format!("{}/audiences/api", self.url())).unwrap();
        let trust = FeedTrust::told(issuer);
        let (said, body) = trust.snapshot(&answer.body).unwrap();
        (said, body.to_vec())
    }
}

impl Caller {
    /// A session, whatever happens to the authority meanwhile.
    pub(super) async fn create(&self) -> Session {
        let body = json!({ "subject": "ada", "audience": "api" });
        let answer = self.insist(201, || self.post("/v1/sessions").json(&body)).await;
        Session::of(&answer)
    }

    /// Revokes it, whatever happens to the authority meanwhile.
    pub(super) async fn revoke(&self, kind: &str, id: &str) {
        let body = json!({ kind: id });
        self.insist(204, || self.post("/v1/revocations").json(&body)).await;
    }

    fn post(&self, path: &str) -> Call {
        Call::new(Method::POST, &format!("{}{path}", self.url)).basic("back", &self.secret)
    }

    async fn insist(&self, status: u16, call: impl Fn() -> Call) -> crate::client::Answer {
        let mut again = interval(Duration::from_millis(50));
        loop {
            match self.client.send(call()).await {
                Ok(answer) if answer.status == status => return answer,
                Ok(answer) => assert!(matches!(answer.status, 429 | 503), "{answer:?}"),
                // It is being started again.
                Err(_) => {}
            }
            again.tick().await;
        }
    }
}

/// What has ended is dropped by each at a time of its own: nothing may end while sets are compared, however
/// slow the machine.
fn lengthen_lives(config: &Path) {
    let text = fs::read_to_string(config).unwrap();
    let longer = text.replace("name = \"api\"\n", "name = \"api\"\naccess_lifetime = \"15m\"\n");
    assert_ne!(text, longer, "an audience `api`");
    fs::write(config, longer).unwrap();
}

/// Waits until `done`; `AT_LAST` is for ever.
pub(super) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    until_some(what, || done().then_some(())).await;
}

/// Waits until there is something, as [`until`].
pub(super) async fn until_some<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + AT_LAST;
    let mut tick = interval(Duration::from_millis(10));
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "never: {what}");
        tick.tick().await;
    }
}

fn refuses(verifier: &LiveVerifier, watched: &Watched) -> bool {
    verifier.verify(&watched.token, now()).is_err()
}

fn knows(view: &View, id: &str) -> bool {
    let facts = Facts {
        token_id: &Jti::new(id).unwrap(),
        session_id: None,
        subject: &Subject::new("nobody").unwrap(),
        token_version: None,
        issued_at: UnixTime::NEVER,
        key_id: None,
    };
    view.check_facts(&facts).is_some()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}
