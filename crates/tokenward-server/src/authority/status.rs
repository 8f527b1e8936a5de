//! Status lists (draft-ietf-oauth-status-list-21): what is revoked, in bits, for whoever is not on the feed.
//!
//! ```text
//! mint ──enter──▶ StatusStore ──▶ build: each entry asked of the View ──▶ bits ──▶ signed, kept for a second
//! ```
//!
//! A list holds the tokens of one audience and shard that end in one minute; the index of a token's dense
//! id is its index there, so that within its block the order says nothing.
//!
//! **Invariants.** A token that names its place is entered before it is signed. A list says what was true
//! at its `iat`: whatever was revoked before is in it, of the tokens that were entered by then. Its length
//! does not follow the number of tokens, and runs ahead of them, so that no cached list is too short for a
//! newer token. Whoever asks, and hangs up, an audience builds one list at a time.

mod built;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_TYPE, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;
use tokenward::{BackendError, IssuerId, Jti, Subject, UnixTime};
use tokenward_revocation::{DenseId, StatusEntry, StatusListId, StatusStore};

use super::audience::AudienceState;
use super::error::ApiError;
use super::segment::Segment;
use super::{Authority, peer_of};
use crate::http::Peer;
use crate::settings::Settings;
use built::{Built, Kept};

/// The status lists of one audience.
pub(super) struct StatusLists {
    issuer: IssuerId,
    entries: Arc<dyn StatusStore>,
    /// After which time a reader should fetch a list again.
    time_to_live: Duration,
    /// How long after its minute a token may still be accepted somewhere.
    grace: Duration,
    slots: Mutex<BTreeMap<StatusListId, Arc<Slot>>>,
    /// Held by whoever builds: one list at a time, so that all of them together take one core at most.
    builds: tokio::sync::Mutex<()>,
    /// The names of all lists, as read at a time.
    names: Mutex<Option<(UnixTime, Arc<[StatusListId]>)>>,
}

/// A list as it was built last. Whoever builds holds the lock, so that nobody builds it twice.
#[derive(Default)]
struct Slot(Arc<tokio::sync::Mutex<Kept>>);

/// The place of a token that is about to be signed.
pub(super) struct Place {
    pub(super) uri: Subject,
    pub(super) id: DenseId,
}

impl StatusLists {
    pub(super) fn new(
        issuer: IssuerId,
        entries: Arc<dyn StatusStore>,
        settings: &Settings,
    ) -> Self {
        let keys = &settings.keys;
        Self {
            issuer,
            entries,
            time_to_live: settings.revocation.max_staleness.max(SHORTEST),
            grace: keys.leeway.saturating_add(keys.clock_error.saturating_mul(2)),
            slots: Mutex::default(),
            builds: tokio::sync::Mutex::default(),
            names: Mutex::default(),
        }
    }

    /// Where a token with this name stands; `None` if it has no place on any list.
    pub(super) fn place(&self, name: &Jti) -> Option<Place> {
        let id = DenseId::parse(name).filter(|id| id.index < MOST)?;
        Some(Place { uri: self.uri(StatusListId::of(id))?, id })
    }

    fn uri(&self, list: StatusListId) -> Option<Subject> {
        Subject::new(format!("{}/status/{list}", self.issuer)).ok()
    }

    /// Where the names of all lists stand (§ 9).
    pub(super) fn aggregation(issuer: &IssuerId) -> String {
        format!("{issuer}/status")
    }

    /// Enters a token, durably: from then on it may be signed.
    pub(super) async fn enter(
        &self,
        audience: &AudienceState,
        entry: StatusEntry,
    ) -> Result<(), BackendError> {
        let list = StatusListId::of(entry.place);
        self.entries.enter_status(&audience.name, entry).await?;
        self.open(list);
        Ok(())
    }

    /// Forgets what has ended at `now`.
    pub(super) async fn tidy(&self, now: UnixTime) -> Result<u64, BackendError> {
        let first = self.first_minute(now);
        self.slots().retain(|list, _| list.minute >= first);
        self.entries.prune_statuses(first).await
    }

    /// The first minute whose tokens may still be accepted somewhere.
    fn first_minute(&self, now: UnixTime) -> u32 {
        DenseId::minute_of(now.saturating_sub(self.grace))
    }

    /// Whether tokens that live may be on `list`; if not, the store need not be asked.
    fn may_live(&self, list: StatusListId, now: UnixTime) -> bool {
        let furthest = DenseId::minute_of(now.saturating_add(FURTHEST));
        (self.first_minute(now)..=furthest).contains(&list.minute)
    }

    fn open(&self, list: StatusListId) -> Arc<Slot> {
        Arc::clone(self.slots().entry(list).or_default())
    }

    fn known(&self, list: StatusListId) -> Option<Arc<Slot>> {
        self.slots().get(&list).cloned()
    }

    // Nothing panics while it holds one of these locks.
    fn slots(&self) -> MutexGuard<'_, BTreeMap<StatusListId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lists that have tokens, as of a second ago at the most.
    async fn names(
        &self,
        audience: &AudienceState,
        now: UnixTime,
    ) -> Result<Arc<[StatusListId]>, BackendError> {
        let read = self.names.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match read {
            // A clock that was set back must not keep the names as they are until it is there again.
            Some((at, names)) if at <= now && now.since(at) < SHORTEST => return Ok(names),
            _ => {}
        }
        let names = self.entries.status_lists(&audience.name, self.first_minute(now)).await?;
        let names: Arc<[StatusListId]> = names.into();
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((now, Arc::clone(&names)));
        Ok(names)
    }
}

/// `GET /audiences/{aud}/status/{list}`: the list, signed (§ 8.2).
pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    // What cannot be decoded names nothing.
    let Path((name, list)) = path.map_err(|_| ApiError::not_found())?;
    let audience = authority.named(&name)?;
    let lists = audience.status_lists.as_ref().ok_or_else(ApiError::not_found)?;
    let list: StatusListId = list.parse().map_err(|_| ApiError::not_found())?;
    let query = request.uri().query().unwrap_or_default();
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "time") {
        // § 8.4: a list as it was then.
        return Err(ApiError::not_implemented("time: no past lists are kept"));
    }
    let headers = request.headers();
    if !accepts(headers, &ACCEPT, &[MEDIA_TYPE, "application/*", "*/*"], true) {
        return Err(ApiError::not_acceptable("Accept: the list is application/statuslist+jwt"));
    }
    let now = authority.now();
    if !lists.may_live(list, now) {
        return Err(ApiError::not_found());
    }
    let peer = peer_of(request.extensions());
    let slot = authority.slot(audience, lists, list, peer).await?;
    let built = authority.built(audience, lists, list, &slot, peer).await?;
    let zipped = accepts(headers, &ACCEPT_ENCODING, &["gzip", "x-gzip"], false);
    Ok(answer(&built, zipped, lists.time_to_live, authority.now()))
}

impl Authority {
    /// The list as it was built last; 404 if no token was entered there.
    async fn slot(
        &self,
        audience: &AudienceState,
        lists: &StatusLists,
        list: StatusListId,
        peer: Option<&Peer>,
    ) -> Result<Arc<Slot>, ApiError> {
        if let Some(slot) = lists.known(list) {
            return Ok(slot);
        }
        // Names that are tried out cost us a read each.
        self.limit_address(peer)?;
        if lists.entries.statuses(&audience.name, list, 0, 1).await?.is_empty() {
            return Err(ApiError::not_found());
        }
        Ok(lists.open(list))
    }
}

/// `GET /audiences/{aud}/status`: where all lists are (§ 9.3).
pub(super) async fn aggregation(
    State(authority): State<Arc<Authority>>,
    Segment(name): Segment,
) -> Result<Response, ApiError> {
    let audience = authority.named(&name)?;
    let lists = audience.status_lists.as_ref().ok_or_else(ApiError::not_found)?;
    let names = lists.names(audience, authority.now()).await?;
    let uris: Vec<String> =
        names.iter().filter_map(|list| lists.uri(*list)).map(|uri| uri.to_string()).collect();
    let body = Bytes::from(json!({ "status_lists": uris }).to_string());
    Ok(public(body, "application/json", SHORTEST))
}

fn answer(built: &Built, zipped: bool, time_to_live: Duration, now: UnixTime) -> Response {
    let body = if zipped { &built.zipped } else { &built.token };
    let left = built.made.began.saturating_add(time_to_live).since(now);
    let mut response = public(body.clone(), MEDIA_TYPE, left);
    if zipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// What everybody may read, from a script on any page too.
fn public(body: Bytes, content_type: &'static str, max_age: Duration) -> Response {
    let mut response = Response::new(axum::body::Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(value) = HeaderValue::try_from(format!("public, max-age={}", max_age.as_secs())) {
        headers.insert(CACHE_CONTROL, value);
    }
    response
}

/// Whether a request takes one of `wanted` (RFC 9110 § 12.5); `unsaid` if it does not say.
fn accepts(headers: &HeaderMap, name: &HeaderName, wanted: &[&str], unsaid: bool) -> bool {
    if !headers.contains_key(name) {
        return unsaid;
    }
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let is_wanted = parts
            .next()
            .is_some_and(|kind| wanted.iter().any(|wanted| kind.eq_ignore_ascii_case(wanted)));
        let refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.parse() == Ok(0.0_f32))
        });
        is_wanted && !refused
    })
}

const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// No list is built more often.
const SHORTEST: Duration = Duration::from_secs(1);
/// No token ends later than this: [`AccessLifetime::MAX`](tokenward::AccessLifetime), and a minute for clocks.
const FURTHEST: Duration = Duration::from_secs(16 * 60);
/// The most tokens that one list holds, so that no list is longer than 2 MiB: 140,000 a second of one process.
pub(super) const MOST: u32 = 1 << 23;
