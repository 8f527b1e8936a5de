//! A list, from the entries to the bytes that are sent.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use tokenward::{
    IssueError, IssuerId, StatusListRequest, StatusSize, Statuses, UnixTime, Unsigned,
};
use tokenward_keys::Signing;
use tokenward_revocation::{Seq, StatusListId, View};

use super::{Authority, MOST, SHORTEST, Slot, StatusLists};
use crate::authority::audience::AudienceState;
use crate::authority::error::ApiError;
use crate::authority::shared::Made;
use crate::authority::unbroken;
use crate::http::Peer;

/// A list that was built and signed.
#[derive(Clone)]
pub(super) struct Built {
    /// The token.
    pub(super) token: Bytes,
    /// The token in the gzip format (RFC 1952).
    pub(super) zipped: Bytes,
    /// What it says was so when it was begun, and what was revoked up to its head is in it.
    pub(super) made: Made,
}

impl Built {
    /// Whether it may be sent at `now`, when what is revoked goes up to `head`.
    fn serves(&self, now: UnixTime, head: Seq, time_to_live: Duration) -> bool {
        // A token that was entered since, and was revoked before it was signed, shows with the next list: any
        // reader has that before the time to live of this one is over.
        self.made.serves(now, head, half(time_to_live))
    }

    /// Whether it is what a reader may still have kept at `now`.
    fn counts(&self, now: UnixTime, time_to_live: Duration) -> bool {
        self.made.began <= now && now.since(self.made.began) < time_to_live
    }
}

const fn half(time: Duration) -> Duration {
    match time.checked_div(2) {
        Some(half) => half,
        None => time,
    }
}

/// What is left of the last attempts to build a list.
#[derive(Default)]
pub(super) struct Kept {
    built: Option<Built>,
    /// When the last attempt failed, if it did.
    failed_at: Option<UnixTime>,
}

impl Kept {
    /// Whether another attempt would follow too soon on one that failed.
    fn rests(&self, now: UnixTime) -> bool {
        self.failed_at.is_some_and(|at| at <= now && now.since(at) < SHORTEST)
    }

    fn put(&mut self, built: &Result<Built, ApiError>, now: UnixTime) {
        match built {
            Ok(built) => (self.built, self.failed_at) = (Some(built.clone()), None),
            Err(_) => self.failed_at = Some(now),
        }
    }
}

impl Authority {
    /// The list as it may be sent now to `peer`, built if that is due.
    pub(super) async fn built(
        self: &Arc<Self>,
        audience: &Arc<AudienceState>,
        lists: &StatusLists,
        list: StatusListId,
        slot: &Slot,
        peer: Option<&Peer>,
    ) -> Result<Built, ApiError> {
        let mut kept = Arc::clone(&slot.0).lock_owned().await;
        let (now, head) = (self.clock.now(), self.hub.head().await);
        if let Some(built) = kept.built.as_ref().filter(|b| b.serves(now, head, lists.time_to_live))
        {
            return Ok(built.clone());
        }
        if kept.rests(now) {
            return Err(ApiError::unavailable());
        }
        // Names that are tried out and wrong credentials take nothing of this, so that they keep nobody at the
        // same address from a list.
        if let Err(too_many) = self.take_of_address("a list to build", peer) {
            // Somebody at the same address may be the one who asks too much.
            let counts = kept.built.as_ref().filter(|b| b.counts(now, lists.time_to_live));
            return counts.cloned().ok_or(too_many);
        }
        let (authority, audience) = (Arc::clone(self), Arc::clone(audience));
        // A task of its own: whoever hangs up must not have all of it done again for the next.
        let work = async move {
            let built = authority.build(&audience, list).await;
            kept.put(&built, authority.clock.now());
            built
        };
        unbroken(work).await
    }

    async fn build(&self, audience: &AudienceState, list: StatusListId) -> Result<Built, ApiError> {
        let lists = audience.status_lists.as_ref().ok_or_else(ApiError::not_found)?;
        let _turn = lists.builds.lock().await;
        // The time is read before the store, so that whatever was committed before it is known.
        let now = self.clock.now();
        self.hub.catch_up().await?;
        complete(audience.verifier.view(), now)?;
        let head = self.hub.head().await;
        let bytes = bits(audience, lists, list).await?;
        let compressed = compressed(bytes).await?;
        let prepare = |signing: &Signing| {
            lists.unsigned(&audience.issuer_id, list, &compressed, now, signing)
        };
        let token = Bytes::from(audience.sign(now, prepare).await?.0);
        let zipped = zipped(token.clone()).await?;
        let rests_until = rests_until(now, self.clock.now(), lists.time_to_live);
        Ok(Built { token, zipped, made: Made { began: now, head, rests_until } })
    }
}

/// Until when a list rests whose building began at `began` and ended at `ended`. One that takes long is built
/// rarely, so that one core is busy with it a twentieth of the time; but none rests beyond its time to live.
pub(super) fn rests_until(began: UnixTime, ended: UnixTime, time_to_live: Duration) -> UnixTime {
    let rest = ended.since(began).saturating_mul(20).min(half(time_to_live));
    let latest = began.saturating_add(time_to_live);
    ended.saturating_add(rest).min(latest).max(ended.saturating_add(SHORTEST))
}

impl StatusLists {
    fn unsigned(
        &self,
        issuer: &IssuerId,
        list: StatusListId,
        compressed: &[u8],
        now: UnixTime,
        signing: &Signing,
    ) -> Result<Unsigned, ApiError> {
        let lifetime = self.time_to_live.saturating_mul(2).max(LIFETIME);
        let request = StatusListRequest {
            issuer,
            uri: &self.uri(list).ok_or_else(ApiError::server_error)?,
            size: StatusSize::One,
            compressed,
            aggregation_uri: Some(&Self::aggregation(issuer)),
            issued_at: now,
            expires_at: now.saturating_add(lifetime).min(signing.latest_exp),
            time_to_live: self.time_to_live,
        };
        let prepared = request.prepare(signing.signer.key_id(), signing.signer.algorithm());
        prepared.map_err(|error| match error {
            IssueError::AlreadyEnded => ApiError::unavailable(),
            error => {
                tracing::error!(%issuer, %error, "a status list could not be made");
                ApiError::server_error()
            }
        })
    }
}

/// Refuses where something that was revoked found no room: a token whose bit is not set counts as valid
/// with every reader. Gates judge no token then either.
pub(super) fn complete(view: &View, now: UnixTime) -> Result<(), ApiError> {
    let Some(stale) = view.staleness(now) else { return Ok(()) };
    tracing::error!(audience = %view.audience(), %stale, "no status list can be made");
    Err(ApiError::unavailable())
}

/// The bits of the list, one for each index.
async fn bits(
    audience: &AudienceState,
    lists: &StatusLists,
    list: StatusListId,
) -> Result<Vec<u8>, ApiError> {
    let view = audience.verifier.view();
    let (mut revoked, mut next) = (Vec::new(), 0);
    loop {
        let page = lists.entries.statuses(&audience.name, list, next, PAGE).await?;
        let of_revoked = page.iter().filter(|entry| view.check_facts(&entry.facts()).is_some());
        revoked.extend(of_revoked.map(|entry| entry.place.index));
        let whole = page.len() < PAGE;
        next = page.last().map_or(next, |entry| entry.place.index.saturating_add(1));
        if whole {
            break;
        }
    }
    let mut statuses = Statuses::valid(StatusSize::One, length(next));
    for index in revoked {
        if !statuses.set(u64::from(index), Statuses::INVALID) {
            return Err(ApiError::server_error());
        }
    }
    Ok(statuses.as_bytes().to_vec())
}

/// How many bits a list has whose tokens are below `end`: twice as many, so that what is minted while a
/// reader keeps it is on it.
fn length(end: u32) -> usize {
    let wanted = end.min(MOST).saturating_mul(2).max(LEAST);
    usize::try_from(wanted.next_power_of_two()).unwrap_or_default()
}

async fn compressed(bytes: Vec<u8>) -> Result<Vec<u8>, ApiError> {
    off_the_runtime(move || {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes).and_then(|()| encoder.finish())
    })
    .await
}

async fn zipped(token: Bytes) -> Result<Bytes, ApiError> {
    let zipped = off_the_runtime(move || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&token).and_then(|()| encoder.finish())
    });
    zipped.await.map(Bytes::from)
}

/// Compression of a large list takes milliseconds, which no other request shall wait for.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    // Writing to a vector cannot fail, and the work does not panic.
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        _ => Err(ApiError::server_error()),
    }
}

/// How long a list counts at least: readers that cannot reach us go on for that long.
const LIFETIME: Duration = Duration::from_secs(60);
/// The bits of the shortest list: 128 KiB, of which nothing but zeros is left 140 bytes. What 50,000 logins a
/// second take in the ten seconds for which a list is kept.
const LEAST: u32 = 1 << 20;
/// Entries that are read at a time.
const PAGE: usize = 4_096;
