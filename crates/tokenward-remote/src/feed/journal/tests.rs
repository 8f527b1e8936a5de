use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, thread};

use tokenward::crypto::Secret256;
use tokenward::{Audience, IssuerId, Jti, KeyId, SigningKey};
use tokenward_revocation::feed::{FeedSigner, Frame, FrameHash};
use tokenward_revocation::{
    Fingerprints, FreshnessPolicy, NewRevocation, Revocation, Scope, Seq, View, WhenStale,
};

use super::*;

#[test]
fn what_was_kept_is_known_again_at_its_true_age() {
    let (folder, feed) = (Folder::new(), Feed::new(3));
    let mut journal = folder.journal();
    journal.replace(&feed.snapshot(1)).unwrap();
    journal.frame(&feed.frame(2));
    journal.frame(&feed.frame(3));
    journal.heartbeat(&feed.heartbeat(3));
    drop(journal);

    let (follower, restored) = folder.restored(at(100));

    assert!(restored.unwrap());
    assert_eq!(follower.position(), Some(Seq::new(3)));
    assert_eq!(follower.view().as_of(), Some(at(3)));
    assert_eq!(follower.view().age(at(100)), Some(CLOCK_ERROR + Duration::from_secs(97)));
    assert_eq!(follower.view().len(), 3);
}

#[test]
fn it_goes_on_after_a_restart() {
    let (folder, feed) = (Folder::new(), Feed::new(3));
    folder.journal().replace(&feed.snapshot(1)).unwrap();
    let mut journal = folder.journal();
    let mut follower = follower();
    journal.restore(&mut follower, &trust(), at(9), CLOCK_ERROR).unwrap();
    journal.frame(&feed.frame(2));
    drop(journal);

    let (follower, _) = folder.restored(at(100));

    assert_eq!(follower.position(), Some(Seq::new(2)));
    // A frame promises nothing about what comes behind it.
    assert_eq!(follower.view().as_of(), Some(at(1)));
}

#[test]
fn a_line_that_was_cut_short_ends_what_is_known() {
    let (folder, feed) = (Folder::new(), Feed::new(2));
    let mut journal = folder.journal();
    journal.replace(&feed.snapshot(1)).unwrap();
    let before = fs::metadata(folder.file()).unwrap().len();
    journal.frame(&feed.frame(2));
    drop(journal);
    let whole = fs::read(folder.file()).unwrap();

    for length in usize::try_from(before).unwrap()..whole.len() {
        fs::write(folder.file(), &whole[..length]).unwrap();
        let (follower, restored) = folder.restored(at(9));
        assert!(restored.unwrap(), "{length} bytes");
        assert_eq!(follower.position(), Some(Seq::new(1)));
        assert_eq!(fs::metadata(folder.file()).unwrap().len(), before);
    }
}

#[test]
fn a_file_that_is_damaged_anywhere_never_gives_more_than_it_held() {
    let (folder, feed) = (Folder::new(), Feed::new(2));
    let mut journal = folder.journal();
    journal.replace(&feed.snapshot(1)).unwrap();
    journal.frame(&feed.frame(2));
    journal.heartbeat(&feed.heartbeat(2));
    drop(journal);
    let good = fs::read(folder.file()).unwrap();

    for byte in 0..good.len() {
        let mut bad = good.clone();
        bad[byte] ^= 1;
        fs::write(folder.file(), &bad).unwrap();
        let (follower, _) = folder.restored(at(9));
        let known = (follower.view().as_of(), follower.view().len());
        let may_be = [(None, 0), (Some(at(1)), 1), (Some(at(1)), 2)];
        assert!(may_be.contains(&known), "byte {byte}: {known:?}");
    }
}

#[test]
fn a_file_of_another_feed_or_time_is_ignored() {
    let (folder, feed) = (Folder::new(), Feed::new(1));
    folder.journal().replace(&feed.snapshot(1)).unwrap();
    let ignored = |follower: &mut Follower, trust: &FeedTrust, now| {
        let result = folder.journal().restore(follower, trust, now, CLOCK_ERROR);
        assert_eq!(follower.view().as_of(), None);
        result.unwrap_err().to_string()
    };
    let other = IssuerId::new("https://auth.example/audiences/other").unwrap();
    let foreign = FeedTrust::told(other);

    let mut foreign_follower = Follower::new(view(), foreign.clone());
    let said = ignored(&mut foreign_follower, &foreign, at(9));
    assert_eq!(said, "it is damaged, or of another feed");
    let said = ignored(&mut follower(), &trust(), at(3_602));
    assert_eq!(said, "it is 3601 s old, and everything in it has ended");
    let early = UnixTime::from_secs(START - 9);
    let said = ignored(&mut follower(), &trust(), early);
    assert_eq!(said, "it is of a time 10 s ahead of this machine's clock");
}

#[test]
fn no_more_is_kept_than_the_limit_and_what_is_kept_stays_true() {
    let (folder, feed) = (Folder::new(), Feed::new(40));
    let snapshot = feed.snapshot(1);
    let limit = length(&snapshot) + MARGIN + 2_000;
    let mut journal = Journal::new(folder.file(), limit);
    journal.replace(&snapshot).unwrap();
    for seq in 2..=40 {
        journal.frame(&feed.frame(seq));
        journal.heartbeat(&feed.heartbeat(seq));
    }
    journal.flush().unwrap();

    assert!(fs::metadata(folder.file()).unwrap().len() <= limit);
    assert!(journal.is_long());
    let (follower, restored) = folder.restored(at(50));
    assert!(restored.unwrap());
    assert_eq!(follower.view().as_of(), Some(at(1)));
}

#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    folder.journal().replace(&Feed::new(1).snapshot(1)).unwrap();

    let mode = fs::metadata(folder.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn killed_at_any_moment_it_leaves_what_was_true() {
    let folder = Folder::new();
    let feed = Feed::new(u64::from(ROUNDS) + 2);
    folder.journal().replace(&feed.snapshot(1)).unwrap();
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "feed::journal::tests::the_process_that_is_killed"])
            .env(CHILD, folder.file())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Until it writes, and then somewhere in the midst of it.
        let mut seen = fs::read(folder.file()).unwrap();
        for _ in 0..=round {
            let before = seen;
            while {
                seen = fs::read(folder.file()).unwrap();
                seen == before
            } {
                assert!(child.try_wait().unwrap().is_none(), "it has died by itself");
                thread::yield_now();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let (follower, restored) = folder.restored(at(100));
        assert!(restored.unwrap());
        let known = follower.view().as_of().unwrap();
        let revoked = usize::try_from(known.since(at(0)).as_secs()).unwrap();
        assert!(follower.view().len() >= revoked, "{} as of {known}", follower.view().len());
        assert!(follower.position().is_some());
    }
}

/// The other half of the test above; by itself it has nothing to do.
#[test]
fn the_process_that_is_killed() {
    let Some(path) = env::var_os(CHILD) else { return };
    let mut journal = Journal::new(PathBuf::from(path), LIMIT);
    let feed = Feed::new(20);
    loop {
        for first in 1..10 {
            journal.replace(&feed.snapshot(first)).unwrap();
            for seq in first + 1..=20 {
                journal.frame(&feed.frame(seq));
                journal.heartbeat(&feed.heartbeat(seq));
                journal.flush().unwrap();
            }
        }
    }
}

const CHILD: &str = "TOKENWARD_TEST_JOURNAL";
const ROUNDS: u32 = 12;
const LIMIT: u64 = 1 << 20;
const START: u64 = 1_800_000_000;
const CLOCK_ERROR: Duration = Duration::from_secs(5);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("api.feed")
    }

    fn journal(&self) -> Journal {
        Journal::new(self.file(), LIMIT)
    }

    fn restored(&self, now: UnixTime) -> (Follower, Result<bool, Ignored>) {
        let mut follower = follower();
        let result = self.journal().restore(&mut follower, &trust(), now, CLOCK_ERROR);
        (follower, result)
    }
}

/// A feed in which the token with the number N is revoked in the second N, by the frame N.
struct Feed {
    signer: FeedSigner,
    frames: Vec<String>,
}

impl Feed {
    fn new(frames: u64) -> Self {
        let mut feed = Self { signer: signer(), frames: Vec::new() };
        for seq in (1..=frames).map(Seq::new) {
            let frame = Frame {
                issuer: issuer(),
                seq_from: seq,
                seq_to: seq,
                time: at(seq.get()),
                prev: feed.frames.last().map(|jws| FrameHash::of(jws)),
                items: Frame::items_of(&audience(), &prints(), [&row(seq)]),
            };
            feed.frames.push(feed.signer.frame(&frame).unwrap());
        }
        feed
    }

    fn jws(&self, seq: u64) -> &str {
        &self.frames[usize::try_from(seq).unwrap().checked_sub(1).unwrap()]
    }

    fn frame(&self, seq: u64) -> Vec<u8> {
        self.jws(seq).as_bytes().to_vec()
    }

    fn heartbeat(&self, seq: u64) -> Vec<u8> {
        let hash = Some(FrameHash::of(self.jws(seq)));
        self.signer.heartbeat(Seq::new(seq), hash, at(seq), None).unwrap().into_bytes()
    }

    fn snapshot(&self, seq: u64) -> Vec<u8> {
        let view = View::local_under(audience(), prints());
        (1..=seq).for_each(|seq| view.insert(&row(Seq::new(seq))));
        let hash = Some(FrameHash::of(self.jws(seq)));
        self.signer.snapshot(Seq::new(seq), hash, at(seq), &view).unwrap()
    }
}

fn row(seq: Seq) -> Revocation {
    let new = NewRevocation {
        audience: None,
        scope: Scope::Jti(Jti::new(format!("t{seq}")).unwrap()),
        ends_at: at(100_000),
        at: at(seq.get()),
        reason: None,
        by: "test".to_owned(),
    };
    Revocation::committed(seq, new)
}

fn follower() -> Follower {
    Follower::new(view(), trust())
}

fn view() -> Arc<View> {
    let policy = FreshnessPolicy {
        max_staleness: Duration::from_secs(10),
        clock_error: CLOCK_ERROR,
        when_stale: WhenStale::Refuse,
    };
    Arc::new(View::following(audience(), policy))
}

fn trust() -> FeedTrust {
    FeedTrust::pinned(issuer(), signer().public_keys().cloned().collect()).unwrap()
}

/// RFC 8037, appendix A.1: the same in both processes.
fn signer() -> FeedSigner {
    let jwk = br#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = SigningKey::from_jwk(jwk).unwrap().with_key_id(KeyId::new("dev-feed").unwrap());
    FeedSigner::new(issuer(), key, None).unwrap()
}

fn prints() -> Fingerprints {
    Fingerprints::new(Secret256::from_bytes([7; 32]))
}

fn issuer() -> IssuerId {
    IssuerId::new("https://auth.example/audiences/api").unwrap()
}

fn audience() -> Audience {
    Audience::new("api").unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(START).saturating_add(Duration::from_secs(seconds))
}
