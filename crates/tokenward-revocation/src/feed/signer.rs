//! Who signs a feed.

use std::fmt;

use serde::Serialize;
use tokenward::crypto::sha256;
use tokenward::{Algorithm, IssuerId, SignFailed, SigningKey, UnixTime, VerifyingKey, b64};

use super::jws::{Kind, header};
use super::{Frame, FrameHash, Heartbeat, Snapshot};
use crate::{Fingerprints, Seq, View};

/// The feed key of one audience, which signs its messages.
///
/// ```
/// use tokenward::{Algorithm, IssuerId, SigningKey, UnixTime};
/// use tokenward_revocation::Seq;
/// use tokenward_revocation::feed::{FeedSigner, FeedTrust, Heartbeat};
///
/// let issuer = IssuerId::new("https://auth.example.com/audiences/billing-api")?;
/// let signer = FeedSigner::new(issuer.clone(), SigningKey::generate(Algorithm::EdDsa), None)?;
/// let (head, time) = (Seq::ZERO, UnixTime::from_secs(1_800_000_000));
/// let jws = signer.heartbeat(head, None, time, None)?;
///
/// let trust = FeedTrust::pinned(issuer, signer.public_keys().cloned().collect())?;
/// assert_eq!(trust.heartbeat(&jws)?.time, time);
/// assert!(trust.frame(&jws).is_err()); // one kind never passes for another
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FeedSigner {
    issuer: IssuerId,
    key: SigningKey,
    /// The public half of the key, and the key that will take its place.
    public: Vec<VerifyingKey>,
    headers: [String; 3],
}

impl FeedSigner {
    /// Signs for the audience whose issuer is `issuer`, with `key`. Verifiers are told of `next`, too, so
    /// that it can take over without any of them losing the feed.
    pub fn new(
        issuer: IssuerId,
        key: SigningKey,
        next: Option<VerifyingKey>,
    ) -> Result<Self, BadFeedKey> {
        let public: Vec<_> = [key.verifying_key().clone()].into_iter().chain(next).collect();
        public.iter().try_for_each(check)?;
        let id = key.key_id().ok_or(BadFeedKey)?;
        let headers = Kind::ALL.map(|kind| header(id, kind));
        Ok(Self { issuer, key, public, headers })
    }

    /// Whose feed it is.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// The public half of the key that signs, then of the one that will: what a verifier may pin.
    pub fn public_keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.public.iter()
    }

    /// `frame`, signed.
    pub fn frame(&self, frame: &Frame) -> Result<String, SignFailed> {
        self.sign(Kind::Frame, frame)
    }

    /// A heartbeat: before `time`, nothing was revoked beyond the frame that ends with `head` and has the
    /// hash `head_hash`. `keys` is the digest of the published key set.
    pub fn heartbeat(
        &self,
        head: Seq,
        head_hash: Option<FrameHash>,
        time: UnixTime,
        keys: Option<String>,
    ) -> Result<String, SignFailed> {
        let issuer = self.issuer.clone();
        self.sign(Kind::Heartbeat, &Heartbeat { issuer, head, head_hash, time, keys })
    }

    /// The snapshot of everything that `view` knows: as of `time`, the chain had come as far as `head`,
    /// and the view knows everything up to there.
    ///
    /// It holds the fingerprint secret: for verifiers with a credential, never for a log.
    pub fn snapshot(
        &self,
        head: Seq,
        head_hash: Option<FrameHash>,
        time: UnixTime,
        view: &View,
    ) -> Result<Vec<u8>, SignFailed> {
        self.snapshot_of(head, head_hash, time, view.fingerprints(), &view.export())
    }

    /// The snapshot of these bytes, whatever they are.
    pub(crate) fn snapshot_of(
        &self,
        head: Seq,
        head_hash: Option<FrameHash>,
        time: UnixTime,
        fingerprints: Fingerprints,
        body: &[u8],
    ) -> Result<Vec<u8>, SignFailed> {
        let snapshot = Snapshot {
            issuer: self.issuer.clone(),
            head,
            head_hash,
            time,
            fingerprints,
            feed_keys: self.public.iter().filter_map(VerifyingKey::to_jwk).collect(),
            digest: b64::encode(&sha256(body)),
            length: u64::try_from(body.len()).unwrap_or(u64::MAX),
        };
        let mut bytes = self.sign(Kind::Snapshot, &snapshot)?.into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        Ok(bytes)
    }

    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and lists alone, so JSON can hold them"
    )]
    fn sign<T: Serialize>(&self, kind: Kind, claims: &T) -> Result<String, SignFailed> {
        let [frame, heartbeat, snapshot] = &self.headers;
        let header = match kind {
            Kind::Frame => frame,
            Kind::Heartbeat => heartbeat,
            Kind::Snapshot => snapshot,
        };
        let claims = serde_json::to_vec(claims).expect("a message of the feed is JSON");
        let input = format!("{header}.{}", b64::encode(&claims));
        let signature = b64::encode(&self.key.sign(input.as_bytes())?);
        Ok(format!("{input}.{signature}"))
    }
}

impl fmt::Debug for FeedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedSigner")
            .field("issuer", &self.issuer)
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// A key is not fit to be a feed key: it must be an Ed25519 key with a `kid`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a feed key is an Ed25519 key with a `kid`, and a feed has one or two of them")]
#[non_exhaustive]
pub struct BadFeedKey;

pub(super) fn check(key: &VerifyingKey) -> Result<(), BadFeedKey> {
    let is_fit = key.algorithm() == Algorithm::EdDsa && key.key_id().is_some();
    if is_fit { Ok(()) } else { Err(BadFeedKey) }
}
