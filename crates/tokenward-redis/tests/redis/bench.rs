//! A store, a feed and what stands in Redis.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokenward::{Audience, BackendError, Clock as _, IssuerId, Jti, UnixTime};
use tokenward_redis::{RedisAddress, RedisFeed, RedisFeedConfig, RedisSecrets};
use tokenward_revocation::{
    Carrier as _, FrameStore, NewRevocation, Outgoing, Revocation, RevocationStore, Scope,
    SealedFrame, SealedHeartbeat, Seq, ShardLease, ShardRequest, StoredFrame,
};
use tokenward_testing::TestClock;
use tokenward_testing::redis::RedisServer;

/// The truth, as a list, and the frames of the audience that is told of it, which end with these words.
#[derive(Debug, Default)]
pub(crate) struct Truth(Mutex<Vec<Revocation>>, Mutex<Vec<StoredFrame>>, &'static str);

impl Truth {
    /// What a backup holds that was made at `seq`. What is revoked from there on is another history.
    pub(crate) fn backup_of(&self, seq: Seq) -> Self {
        let rows = self.0.lock().unwrap().iter().filter(|row| row.seq <= seq).cloned().collect();
        let frames = self.1.lock().unwrap();
        let frames = frames.iter().filter(|frame| frame.seq_to <= seq).cloned().collect();
        Self(Mutex::new(rows), Mutex::new(frames), ", of a store that was set back")
    }
}

#[async_trait]
impl FrameStore for Truth {
    async fn last_frame(&self, _: &Audience) -> Result<Option<StoredFrame>, BackendError> {
        Ok(self.1.lock().unwrap().last().cloned())
    }

    async fn frames_since(
        &self,
        of: &Audience,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredFrame>, BackendError> {
        let frames = self.1.lock().unwrap();
        let limit = if *of == audience() { limit } else { 0 };
        Ok(frames.iter().filter(|frame| frame.seq_to > after).take(limit).cloned().collect())
    }

    async fn append_frame(
        &self,
        _: &Audience,
        _: Seq,
        frame: StoredFrame,
    ) -> Result<(), BackendError> {
        self.1.lock().unwrap().push(frame);
        Ok(())
    }

    async fn prune_frames(&self, _: UnixTime) -> Result<u64, BackendError> {
        Ok(0)
    }
}

#[async_trait]
impl RevocationStore for Truth {
    async fn append(&self, items: Vec<NewRevocation>) -> Result<Seq, BackendError> {
        let mut rows = self.0.lock().unwrap();
        for item in items {
            let seq = rows.last().map_or(Seq::new(1), |row| row.seq.next());
            rows.push(Revocation::committed(seq, item));
        }
        Ok(rows.last().map_or(Seq::ZERO, |row| row.seq))
    }

    async fn head(&self) -> Result<Seq, BackendError> {
        Ok(self.0.lock().unwrap().last().map_or(Seq::ZERO, |row| row.seq))
    }

    async fn since(&self, after: Seq, limit: usize) -> Result<Vec<Revocation>, BackendError> {
        let rows = self.0.lock().unwrap();
        Ok(rows.iter().filter(|row| row.seq > after).take(limit).cloned().collect())
    }

    async fn live(&self, now: UnixTime) -> Result<(Seq, Vec<Revocation>), BackendError> {
        let rows = self.0.lock().unwrap();
        let head = rows.last().map_or(Seq::ZERO, |row| row.seq);
        Ok((head, rows.iter().filter(|row| row.ends_at > now).cloned().collect()))
    }

    async fn prune(&self, _: UnixTime) -> Result<u64, BackendError> {
        Ok(0)
    }

    async fn lease_shard(&self, _: ShardRequest) -> Result<Option<ShardLease>, BackendError> {
        Ok(None)
    }
}

/// A replica of the authority, as far as Redis sees it.
pub(crate) struct Replica {
    pub(crate) feed: RedisFeed,
    pub(crate) store: Arc<Truth>,
    pub(crate) clock: TestClock,
    told: Mutex<Seq>,
}

impl Replica {
    pub(crate) fn at(url: &str) -> Self {
        Self::of(url, RedisSecrets::default(), Arc::default())
    }

    pub(crate) fn of(url: &str, secrets: RedisSecrets, store: Arc<Truth>) -> Self {
        let clock = TestClock::default();
        let config = config(url, secrets);
        let truth: Arc<dyn RevocationStore> = Arc::<Truth>::clone(&store);
        let frames: Arc<dyn FrameStore> = Arc::<Truth>::clone(&store);
        let feed = RedisFeed::start(config, truth, frames, Arc::new(clock.clone())).unwrap();
        Self { feed, store, clock, told: Mutex::default() }
    }

    /// Revokes tokens of these ids, and tells Redis.
    pub(crate) async fn revoke(&self, ids: &[&str]) {
        self.revoke_silently(ids).await;
        self.tell().await;
    }

    /// Revokes tokens of these ids.
    pub(crate) async fn revoke_silently(&self, ids: &[&str]) {
        let jti = |id: &&str| Scope::Jti(Jti::new(*id).unwrap());
        self.append(ids.iter().map(jti).map(|scope| self.order(scope, LIFE)).collect()).await;
    }

    pub(crate) async fn append(&self, items: Vec<NewRevocation>) {
        self.store.append(items).await.unwrap();
    }

    pub(crate) fn order(&self, scope: Scope, seconds: u64) -> NewRevocation {
        let at = self.clock.now();
        NewRevocation {
            audience: None,
            scope,
            ends_at: at.saturating_add(Duration::from_secs(seconds)),
            at,
            reason: None,
            by: "admin".to_owned(),
        }
    }

    /// Hands over what is new, as the authority's hub does, with a heartbeat.
    pub(crate) async fn tell(&self) {
        self.feed.carry(self.next().await);
    }

    /// What is new, with its frame, which is stored.
    pub(crate) async fn next(&self) -> Outgoing {
        let after = *self.told.lock().unwrap();
        let rows = self.store.since(after, usize::MAX).await.unwrap();
        let head = self.store.head().await.unwrap();
        *self.told.lock().unwrap() = head;
        let audience = audience();
        let frame = SealedFrame {
            audience: audience.clone(),
            seq_from: after.next(),
            seq_to: head,
            message: format!("frame to {head}{}", self.store.2).into(),
        };
        let (seq_from, seq_to, jws) = (after.next(), head, frame.message.to_string());
        let stored = StoredFrame { seq_from, seq_to, ends_at: UnixTime::NEVER, jws };
        if !rows.is_empty() {
            self.store.append_frame(&audience, after, stored).await.unwrap();
        }
        let beat = SealedHeartbeat { audience, message: format!("heartbeat of {head}").into() };
        Outgoing {
            after,
            head,
            time: self.clock.now(),
            frames: if rows.is_empty() { Vec::new() } else { vec![frame] },
            rows: rows.into(),
            heartbeats: vec![beat],
        }
    }
}

/// How long a revocation lives, in seconds by Redis's clock: longer than any test, however slow the machine.
pub(crate) const LIFE: u64 = 900;

pub(crate) fn config(url: &str, secrets: RedisSecrets) -> RedisFeedConfig {
    RedisFeedConfig {
        address: RedisAddress::new(url).unwrap(),
        secrets,
        environment: "prod".to_owned(),
        audiences: AUDIENCES.map(with_issuer).to_vec(),
    }
}

pub(crate) const AUDIENCES: [&str; 2] = ["api", "other"];

fn with_issuer(name: &str) -> (Audience, IssuerId) {
    let issuer = IssuerId::new(format!("https://x/audiences/{name}")).unwrap();
    (Audience::new(name).unwrap(), issuer)
}

pub(crate) fn audience() -> Audience {
    Audience::new("api").unwrap()
}

pub(crate) fn url(server: &RedisServer) -> String {
    format!("redis://127.0.0.1:{}", server.port())
}

pub(crate) fn get(server: &RedisServer, name: &str) -> String {
    server.cli(&["get", &format!("{{tw:prod}}:{name}")])
}

pub(crate) fn head(server: &RedisServer) -> String {
    server.cli(&["hget", "{tw:prod}:head", "seq"])
}
