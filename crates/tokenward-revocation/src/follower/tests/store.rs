//! An authority in so far as its feed is concerned.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proptest::prelude::*;
use tokenward::crypto::Secret256;
use tokenward::{Algorithm, Audience, IssuerId, Jti, SigningKey, Subject, UnixTime};

use crate::feed::{FeedSigner, FeedTrust, Frame, FrameHash};
use crate::{
    Facts, Fingerprints, Follower, FreshnessPolicy, NewRevocation, Revocation, Scope, Seq, View,
    WhenStale,
};

pub(super) const CLOCK_ERROR: Duration = Duration::from_secs(2);
pub(super) const LIFE_MS: u64 = 300_000;

static SIGNER: LazyLock<FeedSigner> = LazyLock::new(|| signer_of("api"));

#[derive(Clone, Default)]
pub(super) struct Store {
    pub(super) now: UnixTime,
    pub(super) rows: Vec<Revocation>,
    pub(super) keys: String,
    /// The chain: the last number of each frame, and the frame.
    pub(super) frames: Vec<(Seq, String)>,
}

impl Store {
    pub(super) fn tick(&mut self, millis: u64) {
        self.now = self.now.saturating_add(Duration::from_millis(millis));
    }

    pub(super) fn revoke(&mut self, jti: &str) {
        let new = NewRevocation {
            audience: None,
            scope: Scope::Jti(Jti::new(jti).unwrap()),
            ends_at: self.now.saturating_add(Duration::from_millis(LIFE_MS)),
            at: self.now,
            reason: None,
            by: "test".to_owned(),
        };
        let seq = Seq::new(u64::try_from(self.rows.len()).unwrap()).next();
        self.rows.push(Revocation::committed(seq, new));
        // Nothing is revoked in the very millisecond in which the store is read next.
        self.tick(1);
    }

    /// Cuts a frame of what no frame holds yet, or answers the last one again.
    pub(super) fn frame(&mut self) -> Vec<u8> {
        self.cut(usize::MAX).or_else(|| self.frames.last().map(|(_, jws)| bytes(jws))).unwrap()
    }

    /// Cuts a frame of the next `count` rows.
    pub(super) fn cut(&mut self, count: usize) -> Option<Vec<u8>> {
        let (last, hash) = self.head();
        let rows: Vec<_> = self.rows.iter().filter(|row| row.seq > last).take(count).collect();
        let seq_to = rows.last()?.seq;
        let frame = Frame {
            issuer: issuer("api"),
            seq_from: last.next(),
            seq_to,
            time: self.now,
            prev: hash,
            items: Frame::items_of(&audience(), &prints(), rows),
        };
        let jws = SIGNER.frame(&frame).unwrap();
        self.frames.push((seq_to, jws.clone()));
        Some(bytes(&jws))
    }

    pub(super) fn heartbeat(&mut self) -> Vec<u8> {
        self.cut(usize::MAX);
        let (head, hash) = self.head();
        bytes(&SIGNER.heartbeat(head, hash, self.now, Some(self.keys.clone())).unwrap())
    }

    pub(super) fn snapshot(&mut self) -> Vec<u8> {
        self.snapshot_by(&SIGNER)
    }

    pub(super) fn snapshot_by(&mut self, signer: &FeedSigner) -> Vec<u8> {
        self.cut(usize::MAX);
        let (head, hash) = self.head();
        let view = View::local_under(audience(), prints());
        self.rows.iter().filter(|row| row.ends_at > self.now).for_each(|row| view.insert(row));
        signer.snapshot(head, hash, self.now, &view).unwrap()
    }

    /// One whose body is of a version that nobody here knows.
    pub(super) fn later_snapshot(&mut self) -> Vec<u8> {
        self.cut(usize::MAX);
        let (head, hash) = self.head();
        SIGNER.snapshot_of(head, hash, self.now, prints(), b"twset\x02").unwrap()
    }

    /// As a backup that is restored: everything after `seq` is gone.
    pub(super) fn set_back(&mut self, seq: u64) {
        self.rows.retain(|row| row.seq <= Seq::new(seq));
        self.frames.retain(|(last, _)| *last <= Seq::new(seq));
    }

    pub(super) fn follower(&mut self) -> Follower {
        let mut follower = new_follower();
        follower.on_snapshot(&self.snapshot()).unwrap();
        follower
    }

    pub(super) fn knows(&self, follower: &Follower, jti: &str) -> bool {
        let token_id = Jti::new(jti).unwrap();
        let subject = Subject::new("u1").unwrap();
        let facts = Facts {
            token_id: &token_id,
            session_id: None,
            subject: &subject,
            token_version: None,
            issued_at: self.now,
            key_id: None,
        };
        follower.view().check_facts(&facts).is_some()
    }

    /// Everything that was revoked before the time that the view claims is in it.
    pub(super) fn check_honesty(&self, follower: &Follower) -> Result<(), TestCaseError> {
        let Some(as_of) = follower.view().as_of() else { return Ok(()) };
        prop_assert!(as_of <= self.now);
        for row in self.rows.iter().filter(|row| row.at < as_of && row.ends_at > self.now) {
            let Scope::Jti(jti) = &row.scope else { continue };
            prop_assert!(
                self.knows(follower, jti.as_str()),
                "{} is not known as of {as_of}",
                row.seq
            );
        }
        Ok(())
    }

    fn head(&self) -> (Seq, Option<FrameHash>) {
        let last = self.frames.last();
        last.map_or((Seq::ZERO, None), |(seq, jws)| (*seq, Some(FrameHash::of(jws))))
    }
}

pub(super) fn new_follower() -> Follower {
    let when_stale = WhenStale::Refuse;
    let max_staleness = Duration::from_secs(10);
    let policy = FreshnessPolicy { max_staleness, clock_error: CLOCK_ERROR, when_stale };
    let view = Arc::new(View::following(audience(), policy));
    let keys = SIGNER.public_keys().cloned().collect();
    Follower::new(view, FeedTrust::pinned(issuer("api"), keys).unwrap())
}

pub(super) fn signer_of(name: &str) -> FeedSigner {
    FeedSigner::new(issuer(name), SigningKey::generate(Algorithm::EdDsa), None).unwrap()
}

pub(super) fn issuer(name: &str) -> IssuerId {
    IssuerId::new(format!("https://auth.example/audiences/{name}")).unwrap()
}

fn bytes(jws: &str) -> Vec<u8> {
    jws.as_bytes().to_vec()
}

fn prints() -> Fingerprints {
    Fingerprints::new(Secret256::from_bytes([7; 32]))
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}
