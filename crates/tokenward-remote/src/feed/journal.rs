//! What a verifier knows of a feed, kept on disk, so that it starts with it and knows how old it is.
//!
//! ```text
//! "tokenward-feed 1 " LENGTH "\n"
//! the snapshot, as it came: LENGTH bytes               "\n"
//! "frame " JWS "\n" "heartbeat " JWS "\n" …            what came after it, as it came
//! ```
//!
//! **Invariant:** what is read from here counts no more than what comes over the network: the same
//! follower takes it, by the same keys, with the times that the authority signed.
//!
//! **Invariant:** a snapshot takes the place of the last one in one step. What follows it is appended,
//! and a line that was cut short ends it. Whenever the process dies, what is found is the old state or
//! the new one, or one in between that was true.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokenward::UnixTime;
use tokenward_revocation::feed::{BadMessage, FeedTrust};
use tokenward_revocation::{Follower, NeedSnapshot};

use crate::file;

#[cfg(test)]
mod tests;

/// The file of one feed.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// The most that is kept, in bytes.
    limit: u64,
    /// Where to go on writing; `None` before a snapshot, and after a failure until the next one.
    file: Option<File>,
    snapshot: u64,
    written: u64,
    /// Frames that are not in the file yet…
    frames: Vec<u8>,
    /// …and the last heartbeat.
    heartbeat: Vec<u8>,
}

/// Why a file is not gone by.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ignored {
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    #[error("it is longer than {limit} bytes")]
    TooLong { limit: u64 },
    #[error("it is damaged")]
    Damaged,
    #[error("it is damaged, or of another feed")]
    Bad(#[from] BadMessage),
    #[error("it cannot be followed")]
    Lost(#[from] NeedSnapshot),
    #[error("it is {} s old, and everything in it has ended", age.as_secs())]
    Old { age: Duration },
    #[error("it is of a time {} s ahead of this machine's clock", ahead.as_secs())]
    Future { ahead: Duration },
}

/// No access token lives longer than a quarter of it, so what is older says nothing about any.
const USELESS: Duration = Duration::from_secs(3_600);
/// A frame that came less than so many bytes after the snapshot is no reason to fetch another one.
const LITTLE: u64 = 4 << 20;

impl Journal {
    /// The file `path`, of at most `limit` bytes. Nothing is read yet.
    pub(crate) const fn new(path: PathBuf, limit: u64) -> Self {
        Self {
            path,
            limit,
            file: None,
            snapshot: 0,
            written: 0,
            frames: Vec::new(),
            heartbeat: Vec::new(),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings `follower` as far as the file goes; `false` if there is none.
    pub(crate) fn restore(
        &mut self,
        follower: &mut Follower,
        trust: &FeedTrust,
        now: UnixTime,
        clock_error: Duration,
    ) -> Result<bool, Ignored> {
        let file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        let limit = self.limit;
        let bytes = file::read(&file, limit)?.ok_or(Ignored::TooLong { limit })?;
        let (snapshot, lines) = split(&bytes).ok_or(Ignored::Damaged)?;
        let newest = newest(trust, snapshot, lines)?;
        let ahead = newest.since(now);
        if ahead > clock_error {
            return Err(Ignored::Future { ahead });
        }
        let age = now.since(newest);
        if age > USELESS {
            return Err(Ignored::Old { age });
        }
        follower.on_snapshot(snapshot)?;
        let mut good = length(&bytes).saturating_sub(length(lines));
        for line in whole_lines(lines) {
            let taken = match kind_of(line) {
                Some((true, jws)) => follower.on_frame(jws).is_ok(),
                Some((false, jws)) => follower.on_heartbeat(jws).is_ok(),
                None => line.is_empty(),
            };
            if !taken {
                // The next snapshot puts a whole file in its place.
                return Ok(true);
            }
            good = good.saturating_add(length(line)).saturating_add(1);
        }
        file.set_len(good)?;
        (&file).seek(SeekFrom::End(0))?;
        (self.snapshot, self.written) = (length(snapshot), good);
        self.file = Some(file);
        Ok(true)
    }

    /// Puts a snapshot, as it came, in the place of the file.
    pub(crate) fn replace(&mut self, snapshot: &[u8]) -> io::Result<()> {
        self.file = None;
        self.frames.clear();
        self.heartbeat.clear();
        let heading = format!("{HEADING}{}\n", snapshot.len());
        let file = file::replace(&self.path, &[heading.as_bytes(), snapshot, b"\n"])?;
        self.snapshot = length(snapshot);
        self.written = self.snapshot.saturating_add(length(heading.as_bytes())).saturating_add(1);
        self.file = Some(file);
        Ok(())
    }

    /// Keeps a frame that continues what is kept, with the next [`Self::flush`].
    pub(crate) fn frame(&mut self, jws: &[u8]) {
        let held = self.written.saturating_add(length(&self.frames)).saturating_add(length(jws));
        if self.file.is_none() || held.saturating_add(MARGIN) > self.limit {
            // What is left out must not be followed by anything.
            self.file = None;
            self.frames = Vec::new();
            return;
        }
        add_line(&mut self.frames, FRAME, jws);
        self.heartbeat.clear();
    }

    /// Keeps the last heartbeat, with the next [`Self::flush`].
    pub(crate) fn heartbeat(&mut self, jws: &[u8]) {
        self.heartbeat.clear();
        if length(jws) < MARGIN {
            add_line(&mut self.heartbeat, HEARTBEAT, jws);
        }
    }

    /// Writes what is not written yet.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let mut lines = mem::take(&mut self.frames);
        lines.append(&mut self.heartbeat);
        let fits = self.written.saturating_add(length(&lines)) <= self.limit;
        if lines.is_empty() {
            return Ok(());
        }
        // A file that could not be written to its end is not written any further.
        let Some(mut file) = self.file.take().filter(|_| fits) else { return Ok(()) };
        file.write_all(&lines)?;
        self.written = self.written.saturating_add(length(&lines));
        self.file = Some(file);
        Ok(())
    }

    /// Whether more has come since the snapshot than it holds, so that another one is due.
    pub(crate) fn is_long(&self) -> bool {
        let since = self.written.saturating_sub(self.snapshot);
        self.file.is_none() || since > self.snapshot.max(LITTLE)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Err(error) = self.flush() {
            tracing::warn!(path = %self.path.display(), %error, "what is known of revocations is not kept");
        }
    }
}

/// Room for a line that is no frame.
const MARGIN: u64 = 16 << 10;
const HEADING: &str = "tokenward-feed 1 ";
const FRAME: &[u8] = b"frame ";
const HEARTBEAT: &[u8] = b"heartbeat ";

fn add_line(lines: &mut Vec<u8>, kind: &[u8], jws: &[u8]) {
    lines.extend_from_slice(kind);
    lines.extend_from_slice(jws);
    lines.push(b'\n');
}

/// The snapshot, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(HEADING.as_bytes())?;
    let end = rest.iter().take(20).position(|&byte| byte == b'\n')?;
    let (number, rest) = rest.split_at_checked(end)?;
    let length = str::from_utf8(number).ok()?.parse().ok()?;
    let (snapshot, rest) = rest.strip_prefix(b"\n")?.split_at_checked(length)?;
    Some((snapshot, rest.strip_prefix(b"\n")?))
}

/// The latest time as of which something is known.
fn newest(trust: &FeedTrust, snapshot: &[u8], lines: &[u8]) -> Result<UnixTime, BadMessage> {
    let (said, _) = trust.snapshot(snapshot)?;
    let mut trust = trust.clone();
    trust.learn(&said);
    let heartbeats = whole_lines(lines).filter_map(|line| line.strip_prefix(HEARTBEAT));
    let last = heartbeats.last().and_then(|jws| str::from_utf8(jws).ok());
    let beat = last.and_then(|jws| trust.heartbeat(jws).ok());
    Ok(beat.map_or(said.time, |beat| beat.time.max(said.time)))
}

/// The lines that have an end.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

fn kind_of(line: &[u8]) -> Option<(bool, &[u8])> {
    let frame = line.strip_prefix(FRAME).map(|jws| (true, jws));
    frame.or_else(|| line.strip_prefix(HEARTBEAT).map(|jws| (false, jws)))
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
