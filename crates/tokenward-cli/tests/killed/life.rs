//! What an authority does with its keys, and what must be true of them after the next start.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokenward::{Algorithm, Audience, IssuerId, KeyId, UnixTime};
use tokenward_keys::{KeyRing, KeyState, KeyStore as _, StoredKey, Timing, TimingSettings};
use tokenward_sqlite::{Options, SqliteStore};

use crate::custody;
use crate::steps::Stepwise;

pub(crate) const PART: &str = "TOKENWARD_TEST_PART";
pub(crate) const FOLDER: &str = "TOKENWARD_TEST_FOLDER";
pub(crate) const NOW: &str = "TOKENWARD_TEST_NOW";
pub(crate) const LIVE: &str = "live";
pub(crate) const START_AGAIN: &str = "start again";

/// Begins what is meant for the test; the harness prints on the same line.
const MARK: &str = "!K ";
/// How long a token lives.
const TOKEN_LIFE: u64 = 20;

/// Something that held before the process was killed.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Fact {
    /// The time that the process goes on with.
    Time(u64),
    /// A token of this key was given away, and expires then.
    Signed(String, u64),
    /// This key is about to be distrusted.
    Leaks(String),
    /// It came to its end.
    End,
}

impl Fact {
    pub(crate) fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line.split_once(MARK)?.1).ok()
    }
}

#[derive(Debug)]
pub(crate) struct Facts(Vec<Fact>);

impl FromIterator<Fact> for Facts {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        Self(facts.into_iter().collect())
    }
}

impl Facts {
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.0.last(), Some(Fact::End))
    }

    pub(crate) fn last_time(&self) -> u64 {
        let time = |fact: &Fact| if let Fact::Time(time) = fact { Some(*time) } else { None };
        self.0.iter().rev().find_map(time).unwrap()
    }

    fn leaks(&self, key: &str) -> bool {
        self.0.iter().any(|fact| matches!(fact, Fact::Leaks(leaked) if leaked == key))
    }
}

/// What stands after the next start.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Report {
    /// The key set as it was first served.
    published: Vec<String>,
    /// The state of each key once the start has done its work.
    states: Vec<(String, String)>,
    /// How many keys of the store have a private half.
    private_halves: usize,
    /// What is owed or under way by then.
    unfinished: usize,
    /// What did not work.
    failed: Vec<String>,
    /// How many keys the custody holds, if it is not the store.
    #[serde(skip)]
    pub(crate) held: Option<usize>,
}

impl Report {
    pub(crate) fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line.split_once(MARK)?.1).ok()
    }

    /// Every promise that is broken.
    pub(crate) fn broken(&self, facts: &Facts) -> Vec<String> {
        let mut broken = self.failed.clone();
        for fact in &facts.0 {
            if let Fact::Signed(key, expires) = fact
                && *expires >= facts.last_time()
                && !facts.leaks(key)
                && !self.published.contains(key)
            {
                broken.push(format!("`{key}` is lost, and its tokens with it"));
            }
        }
        let count = |state: &str| self.states.iter().filter(|(_, known)| known == state).count();
        if count("active") != 1 || count("standby") == 0 {
            broken.push(format!("not one active key and one that stands by: {:?}", self.states));
        }
        if self.private_halves != count("active") + count("standby") {
            broken.push(format!("{} private halves: {:?}", self.private_halves, self.states));
        }
        if let Some(held) = self.held
            && held != self.private_halves
        {
            broken.push(format!("the custody holds {held} keys, not {}", self.private_halves));
        }
        if self.unfinished > 0 {
            broken.push(format!("{} orders or debts are left", self.unfinished));
        }
        broken
    }
}

#[test]
fn the_process_that_is_killed() {
    // Started as a test, it has nothing to do.
    let Ok(part) = std::env::var(PART) else { return };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let authority = Authority::open().await;
        if part == LIVE {
            authority.live().await;
        } else {
            let now = std::env::var(NOW).unwrap().parse().unwrap();
            say(&authority.start_again(now).await);
        }
    });
}

struct Authority {
    store: SqliteStore,
    ring: KeyRing,
}

impl Authority {
    async fn open() -> Self {
        let folder = std::env::var_os(FOLDER).unwrap();
        let path = Path::new(&folder).join("store.db");
        let store = SqliteStore::open(path, Options::default()).unwrap();
        let ring = KeyRing::new(
            audience(),
            IssuerId::new("https://auth.example.com/audiences/api").unwrap(),
            Arc::new(Stepwise(store.clone())),
            custody::open().await,
            timing(),
            custody::of_process(),
            Algorithm::Es256,
        );
        Self { store, ring }
    }

    /// A first start, a rotation by time, one by hand, a compromise, and what follows from each.
    async fn live(&self) {
        let begin = 1_000;
        self.tick(begin).await;
        self.tick(begin + 91).await;
        self.tick(begin + 101).await;
        go_on_at(begin + 111);
        self.ring.rotate(at(begin + 111)).await.unwrap();
        self.sign(begin + 111).await;
        self.tick(begin + 122).await;
        let leaked = self.ring.signer(at(begin + 122)).unwrap().key_id().clone();
        say(&Fact::Leaks(leaked.to_string()));
        self.ring.compromise(&leaked, at(begin + 122)).await.unwrap();
        self.sign(begin + 122).await;
        self.tick(begin + 145).await;
        say(&Fact::End);
    }

    async fn tick(&self, now: u64) {
        go_on_at(now);
        self.ring.tick(at(now)).await.unwrap();
        self.sign(now).await;
    }

    /// Gives a token away.
    async fn sign(&self, now: u64) {
        let key = self.signs(now).await.unwrap();
        say(&Fact::Signed(key.to_string(), now + TOKEN_LIFE));
    }

    /// The key that signs, if whoever has the key set believes it.
    async fn signs(&self, now: u64) -> Result<KeyId, String> {
        let signer = self.ring.signer(at(now)).map_err(|error| error.to_string())?;
        let signature = signer.sign(b"input").await.map_err(|error| error.to_string())?;
        let set = self.ring.key_set();
        match set.find(signer.key_id()) {
            Some(key) if key.verify(b"input", &signature) => Ok(signer.key_id().clone()),
            _ => Err(format!("`{}` signs, and is not published", signer.key_id())),
        }
    }

    async fn start_again(&self, now: u64) -> Report {
        let mut failed = Vec::new();
        let mut published = Vec::new();
        // At once; and when whatever was published since is ripe.
        for now in [now, now + 1, now + 12] {
            if let Err(error) = self.ring.tick(at(now)).await {
                failed.push(error.to_string());
            }
            if published.is_empty() {
                let set = self.ring.key_set();
                let ids = set.keys().iter().filter_map(|key| key.key_id());
                published = ids.map(ToString::to_string).collect();
            }
        }
        failed.extend(self.signs(now + 12).await.err());
        failed.extend(
            self.ring.probe(at(now + 12)).await.err().map(|error| format!("probe: {error}")),
        );
        let stored = self.store.keys(&audience()).await.unwrap();
        let unfinished = self.store.unfinished(&audience()).await.unwrap();
        let open = unfinished.orders.iter().filter(|order| order.given_up_at.is_none()).count();
        let state = |key: &StoredKey| (key.id.to_string(), key.state.to_string());
        let has_private_half = |key: &&StoredKey| key.handle.is_some();
        let is_public =
            |key: &&StoredKey| matches!(key.state, KeyState::Standby | KeyState::Active);
        for key in stored.iter().filter(is_public) {
            if self.ring.key_set().find(&key.id).is_none() {
                failed.push(format!("`{}` is {}, and not public", key.id, key.state));
            }
        }
        Report {
            published,
            states: stored.iter().map(state).collect(),
            private_halves: stored.iter().filter(has_private_half).count(),
            unfinished: unfinished.owed.len() + open,
            failed,
            held: None,
        }
    }
}

fn go_on_at(now: u64) {
    say(&Fact::Time(now));
}

fn say(what: &impl Serialize) {
    let line = serde_json::to_string(what).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{line}").unwrap();
    out.flush().unwrap();
}

/// Small times, all different.
fn timing() -> Timing {
    let secs = Duration::from_secs;
    let settings = TimingSettings {
        key_set_max_age: secs(7),
        propagation: secs(3),
        clock_error: secs(2),
        leeway: secs(1),
        signer_lease: secs(4),
        rotate_every: secs(100),
        token_life: secs(TOKEN_LIFE),
    };
    Timing::new(settings).unwrap()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}

const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}
