//! One client with one session: what it did, what it was answered, and what must therefore hold.
//!
//! Each step is safe to repeat, and whoever got no answer repeats it after the restart. So the clients
//! never guess: all that is checked was answered.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::time::Instant;

use super::world::{Dice, Gone, World};
use crate::client::{Answer, Call};
use crate::harness::claims;

/// How long a spent refresh token brings the same successor.
const WINDOW: Duration = Duration::from_secs(10);
/// Nearer to its end than this, a token (of five minutes) may expire while it is checked.
const TOKEN_IS_GOOD: Duration = Duration::from_secs(270);

/// What a client can do with its session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    Create,
    Refresh,
    /// Two tabs at once.
    RefreshTwice,
    /// By the service, or for cookies by the browser.
    LogOut,
    RevokeToken,
    RevokeSession,
    RaiseVersion,
    /// A thief presents a refresh token whose successor was used.
    Replay,
}

#[derive(Debug)]
struct Access {
    token: String,
    since: Instant,
    revoked: bool,
}

/// The client.
pub(super) struct Holder {
    name: String,
    cookie: bool,
    id: Option<String>,
    accesses: Vec<Access>,
    /// Every refresh token, the first to the current.
    chain: Vec<String>,
    /// When the current one came.
    refreshed: Option<Instant>,
    ended: bool,
    /// A step without an answer.
    open: Option<(Step, Instant)>,
    story: Vec<String>,
    /// What did not hold.
    pub(super) broken: Vec<String>,
}

impl Holder {
    pub(super) fn new(name: String, cookie: bool) -> Self {
        Self {
            name,
            cookie,
            id: None,
            accesses: Vec::new(),
            chain: Vec::new(),
            refreshed: None,
            ended: false,
            open: None,
            story: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// A life with the server, until it is done or the server is gone.
    pub(super) async fn live(&mut self, world: &World, dice: &mut Dice) -> Result<(), Gone> {
        self.step(Step::Create, world).await?;
        for _ in 0..dice.between(0, 4) {
            let step = if dice.between(0, 3) == 0 { Step::RefreshTwice } else { Step::Refresh };
            self.step(step, world).await?;
        }
        match dice.between(0, 9) {
            0 => self.step(Step::LogOut, world).await,
            1 => self.step(Step::RevokeToken, world).await,
            2 => self.step(Step::RevokeSession, world).await,
            3 => self.step(Step::RaiseVersion, world).await,
            4 if self.chain.len() > 2 => self.step(Step::Replay, world).await,
            _ => Ok(()),
        }
    }

    /// After a restart: repeats what was not answered.
    pub(super) async fn finish(&mut self, world: &World) {
        let Some((step, asked)) = self.open else { return };
        self.story.push(format!("restart; {step:?} again"));
        let done = match step {
            Step::Create => self.create_again(world).await,
            Step::Refresh | Step::RefreshTwice => self.refresh_again(world, asked).await,
            step => self.step(step, world).await,
        };
        self.answered_by(&done);
    }

    /// Whether everything that was answered holds. Ends with a refresh.
    pub(super) async fn check(&mut self, world: &World) {
        let checked = self.check_all(world).await;
        self.answered_by(&checked);
    }

    /// Whether a token that was spent before the window began is refused, though its successor was never
    /// used, and ends its family. Costs the session, so only every other one is asked.
    pub(super) async fn check_window(&mut self, world: &World) {
        let rested = self.refreshed.is_some_and(|at| at.elapsed() > WINDOW + SECOND);
        let [.., spent, _] = self.chain.as_slice() else { return };
        if self.ended || !rested || self.name.bytes().fold(0, |sum, byte| sum ^ byte) & 1 == 0 {
            return;
        }
        let asked = world.send(world.refresh(spent, self.cookie)).await;
        self.ended = true;
        let refused = asked.map(|answer| self.want("after the window", answer.status, &[400, 401]));
        self.answered_by(&refused);
    }

    async fn check_all(&mut self, world: &World) -> Result<(), Gone> {
        for at in 0..self.accesses.len() {
            let access = &self.accesses[at];
            if access.since.elapsed() > TOKEN_IS_GOOD {
                continue;
            }
            let good = !self.ended && !access.revoked;
            let (status, active) =
                (world.gate(&access.token).await?, world.active(&access.token).await?);
            let seen = (status, active);
            let wanted = if good { (200, true) } else { (401, false) };
            if seen != wanted {
                let jti = &claims(&access.token)["jti"];
                self.broken.push(format!("access {at} ({jti}): {seen:?}, not {wanted:?}"));
            }
        }
        if self.ended {
            let Some(current) = self.chain.last() else { return Ok(()) };
            let refused = world.send(world.refresh(current, self.cookie)).await?;
            self.want("refresh after the end", refused.status, &[400, 401]);
            return Ok(());
        }
        if self.id.is_none() {
            return Ok(());
        }
        self.step(Step::Refresh, world).await
    }

    async fn step(&mut self, step: Step, world: &World) -> Result<(), Gone> {
        self.open = Some((step, Instant::now()));
        match step {
            Step::Create => {
                let answer = world.send(world.create(&self.name, self.cookie)).await?;
                self.created(&answer);
            }
            Step::Refresh => {
                let token = self.current();
                let answer = world.send(world.refresh(&token, self.cookie)).await?;
                self.renewed(&token, &answer);
            }
            Step::RefreshTwice => self.refresh_twice(world).await?,
            Step::LogOut => self.end(world, self.log_out(world), &[204]).await?,
            Step::RevokeSession => {
                let body = json!({"sid": self.id});
                let call = world.service(Method::POST, "/v1/revocations").json(&body);
                self.end(world, call, &[204]).await?;
            }
            Step::RaiseVersion => {
                let path = format!("/v1/subjects/{}/token-version", self.name);
                self.end(world, world.service(Method::POST, &path), &[200]).await?;
            }
            Step::Replay => {
                let [.., old, _, _] = self.chain.as_slice() else { return Ok(()) };
                self.end(world, world.refresh(old, self.cookie), &[400, 401]).await?;
            }
            Step::RevokeToken => {
                let Some(last) = self.accesses.last() else { return Ok(()) };
                let body = json!({"jti": claims(&last.token)["jti"]});
                let call = world.service(Method::POST, "/v1/revocations").json(&body);
                let answer = world.send(call).await?;
                self.want("revocation of a token", answer.status, &[204]);
                self.accesses.last_mut().unwrap().revoked = true;
            }
        }
        self.story.push(format!("{step:?}"));
        self.open = None;
        Ok(())
    }

    fn log_out(&self, world: &World) -> Call {
        if self.cookie {
            return Call::post(&world.url("/session/logout"))
                .cookie("__Host-refresh", &self.current())
                .header("origin", world.origin());
        }
        let id = self.id.as_deref().unwrap_or_default();
        world.service(Method::DELETE, &format!("/v1/sessions/{id}"))
    }

    async fn end(&mut self, world: &World, call: Call, wanted: &[u16]) -> Result<(), Gone> {
        let answer = world.send(call).await?;
        self.want("end", answer.status, wanted);
        self.ended = true;
        Ok(())
    }

    /// Two tabs: either may be left without an answer.
    async fn refresh_twice(&mut self, world: &World) -> Result<(), Gone> {
        let token = self.current();
        let send = || world.send(world.refresh(&token, self.cookie));
        let (one, other) = tokio::join!(send(), send());
        let mut any = false;
        for answer in [one, other].into_iter().flatten() {
            any = true;
            self.renewed(&token, &answer);
        }
        if any { Ok(()) } else { Err(Gone) }
    }

    /// The same request makes one session, whether or not it was made before the kill.
    async fn create_again(&mut self, world: &World) -> Result<(), Gone> {
        self.step(Step::Create, world).await?;
        let (id, first) = (self.id.clone(), self.current());
        self.step(Step::Create, world).await?;
        if (self.id.clone(), self.current()) != (id, first) {
            self.broken.push("one Idempotency-Key made two sessions".to_owned());
        }
        Ok(())
    }

    /// A lost answer: the same token brings a successor, and twice the same.
    async fn refresh_again(&mut self, world: &World, asked: Instant) -> Result<(), Gone> {
        let token = self.current();
        for _ in 0..2 {
            let answer = world.send(world.refresh(&token, self.cookie)).await?;
            if answer.status != 200 && asked.elapsed() > WINDOW.saturating_sub(SECOND) {
                // The machine was slow, the window is over, and the family has ended as it must.
                self.ended = true;
                break;
            }
            self.renewed(&token, &answer);
        }
        self.open = None;
        Ok(())
    }

    fn created(&mut self, answer: &Answer) {
        self.want("create", answer.status, &[201]);
        if answer.status == 201 {
            self.id = Some(answer.text("session_id"));
            self.chain.clear();
            self.take(answer);
        }
    }

    /// `token` brought an answer, perhaps not the first that it brought.
    fn renewed(&mut self, token: &str, answer: &Answer) {
        self.want("refresh", answer.status, &[200]);
        if answer.status != 200 {
            return;
        }
        let at = self.chain.iter().position(|known| known == token);
        match at.and_then(|at| self.chain.get(at + 1)).cloned() {
            None => self.take(answer),
            Some(known) => {
                let (access, refresh) = self.tokens(answer);
                if refresh != known {
                    self.broken.push("one refresh token, two successors".to_owned());
                }
                self.accesses.push(access);
            }
        }
    }

    fn take(&mut self, answer: &Answer) {
        let (access, refresh) = self.tokens(answer);
        self.accesses.push(access);
        self.chain.push(refresh);
        self.refreshed = Some(Instant::now());
    }

    fn tokens(&self, answer: &Answer) -> (Access, String) {
        let [access, refresh] = if self.cookie {
            ["__Host-access", "__Host-refresh"].map(|name| answer.cookie(name).unwrap())
        } else {
            ["access_token", "refresh_token"].map(|name| answer.text(name))
        };
        (Access { token: access, since: Instant::now(), revoked: false }, refresh)
    }

    fn current(&self) -> String {
        self.chain.last().cloned().unwrap_or_default()
    }

    fn want(&mut self, what: &str, status: u16, wanted: &[u16]) {
        if !wanted.contains(&status) {
            self.broken.push(format!("{what}: {status}, not {wanted:?}"));
        }
    }

    fn answered_by(&mut self, done: &Result<(), Gone>) {
        if done.is_err() {
            self.broken.push("no answer, though nobody killed it".to_owned());
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// Without the tokens: a report is a log, too.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holder")
            .field("name", &self.name)
            .field("cookie", &self.cookie)
            .field("id", &self.id)
            .field("accesses", &self.accesses.len())
            .field("refreshes", &self.chain.len())
            .field("since", &self.refreshed.map(|at| at.elapsed()))
            .field("ended", &self.ended)
            .field("open", &self.open.map(|(step, _)| step))
            .field("story", &self.story.join(", "))
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}
