//! The process that the tests kill: many clients of one store, each writing down what it was answered.
//!
//! It is this test program, run again with a variable set. Every line is one fact or one intent; see
//! [`crate::facts`].

use std::io::{BufRead, BufReader, Lines, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokenward::{Audience, BackendError, ClientId, Jti, Scope, SessionId, Subject, UnixTime};
use tokenward_revocation::{NewRevocation, RevocationStore};
use tokenward_sessions::{
    BumpVersion, ClientCheck, Delivery, DeviceMark, EndReason, NewSession, REFRESH_WINDOW,
    RefreshAttempt, RefreshLifetime, RefreshMode, RefreshOutcome, RefreshToken, SessionStore,
};
use tokenward_sqlite::{Options, SqliteStore};
use tokenward_testing::forgetful::Forgetful;

const FOLDER: &str = "TOKENWARD_TEST_LOAD";
const CLIENTS: u64 = 16;

/// The time in the load, which stands still: what was answered is inside the window when it is checked.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_815_000_000);

/// The file in its folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("store.db")
}

/// Runs the load on `disk`; the lines that it writes can be read as they come.
pub(crate) fn start(folder: &Path, disk: &Forgetful) -> (Child, Answers) {
    let mut command = command(folder);
    disk.attach(&mut command);
    spawn(command)
}

/// The same, killed just before its `moment`th write or sync.
pub(crate) fn start_until(folder: &Path, disk: &Forgetful, moment: u64) -> (Child, Answers) {
    let mut command = command(folder);
    disk.attach_until(&mut command, moment);
    spawn(command)
}

/// The same, on a disk that is full from the beginning.
pub(crate) fn start_full(folder: &Path, disk: &Forgetful) -> (Child, Answers) {
    let mut command = command(folder);
    disk.attach(&mut command);
    disk.fill(true);
    spawn(command)
}

pub(crate) type Answers = Lines<BufReader<ChildStdout>>;

fn spawn(mut command: Command) -> (Child, Answers) {
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["load::the_process_that_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

#[test]
fn the_process_that_is_killed() {
    // Started as a test, it has nothing to do.
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let store = match SqliteStore::open(path(Path::new(&folder)), Options::default()) {
        Ok(store) => store,
        Err(error) => return say(&format!("!O {error}")),
    };
    runtime.block_on(async {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| tokio::spawn(Client { number, store: store.clone() }.run()))
            .collect();
        for client in clients {
            client.await.unwrap();
        }
    });
}

struct Client {
    number: u64,
    store: SqliteStore,
}

impl Client {
    /// Goes on until it is killed. An error is written down, and what it was about is left alone.
    async fn run(self) {
        let run = Jti::random();
        let mut turn = 0_u64;
        loop {
            turn += 1;
            let name = format!("{}-{}-{turn}", run.as_str(), self.number);
            if let Err(error) = self.turn(&name, turn).await {
                say(&format!("!F {:?}", error.kind()));
                // A full disk is not hammered: the other side has lines to read.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    async fn turn(&self, name: &str, turn: u64) -> Result<(), BackendError> {
        let (new, mut token) = session(name);
        let (sid, subject) = (new.id.clone(), new.subject.clone());
        self.store.create(new).await?;
        say(&format!("+C {sid} {}", *token.expose()));
        for _ in 0..(turn + self.number) % 4 {
            say(&format!("?R {sid}"));
            let outcome = self.store.refresh(attempt(&token)).await?;
            let RefreshOutcome::Renewed { token: next, .. } = outcome else {
                say(&format!("!B {outcome:?}"));
                return Ok(());
            };
            say(&format!("+R {sid} {} {}", *token.expose(), *next.expose()));
            token = next;
        }
        let end = NOW.saturating_add(Duration::from_secs(300));
        match (turn + self.number) % 5 {
            0 => {
                say(&format!("?E {sid}"));
                self.store.end(&sid, None, EndReason::LoggedOut, NOW, end).await?;
                say(&format!("+E {sid}"));
            }
            1 => {
                say(&format!("?E {sid}"));
                let version = self.store.bump_version(bump(subject.clone(), end)).await?;
                say(&format!("+V {subject} {}", version.get()));
                say(&format!("+E {sid}"));
            }
            2 => {
                let jti = Jti::random();
                self.store.append(vec![revocation(&jti, end)]).await?;
                say(&format!("+A {jti}"));
            }
            _ => {}
        }
        Ok(())
    }
}

fn say(line: &str) {
    // One write per line, so that a kill tears at most the last.
    let mut out = std::io::stdout().lock();
    drop(out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()));
}

pub(crate) fn session(name: &str) -> (NewSession, RefreshToken) {
    let token = RefreshToken::random();
    let new = NewSession {
        id: SessionId::new(name).unwrap(),
        subject: Subject::new(format!("subject-{name}")).unwrap(),
        audience: Audience::new("api").unwrap(),
        client_id: ClientId::new("app").unwrap(),
        scope: Scope::empty(),
        claims: serde_json::Map::new(),
        private: Some(vec![0; 64]),
        device: None,
        device_mark: DeviceMark { owner: [7; 32], device: Some([8; 32]) },
        delivery: Delivery::Token,
        refresh_mode: RefreshMode::Plain,
        bound_to: None,
        created_at: NOW,
        auth_time: NOW,
        ends_at: NOW.saturating_add(RefreshLifetime::MAX),
        refresh_hash: token.hash(),
        refresh_ends_at: NOW.saturating_add(RefreshLifetime::MAX),
        idempotency: None,
    };
    (new, token)
}

pub(crate) fn attempt(token: &RefreshToken) -> RefreshAttempt {
    RefreshAttempt {
        presented: token.clone(),
        client: ClientCheck::Is(ClientId::new("app").unwrap()),
        delivery: Delivery::Token,
        proven: None,
        audiences: None,
        now: NOW,
        refresh_lifetime: RefreshLifetime::new(RefreshLifetime::MAX).unwrap(),
        window: REFRESH_WINDOW,
        keep_until: NOW.saturating_add(Duration::from_secs(300)),
    }
}

fn bump(subject: Subject, keep_until: UnixTime) -> BumpVersion {
    BumpVersion {
        subject,
        audiences: None,
        except_session: None,
        now: NOW,
        keep_until,
        by: "load".to_owned(),
        idempotency: None,
    }
}

fn revocation(jti: &Jti, ends_at: UnixTime) -> NewRevocation {
    NewRevocation {
        audience: None,
        scope: tokenward_revocation::Scope::Jti(jti.clone()),
        ends_at,
        at: NOW,
        reason: None,
        by: "load".to_owned(),
    }
}

/// Many clients make one session each, at the same time.
pub(crate) async fn create_at_once(store: &SqliteStore, numbers: Range<u64>) {
    let store = Arc::new(store.clone());
    let clients: Vec<_> = numbers
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.create(session(&number.to_string()).0).await })
        })
        .collect();
    for client in clients {
        client.await.unwrap().unwrap();
    }
}
