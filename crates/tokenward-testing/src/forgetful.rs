//! A disk that forgets what was never synced.
//!
//! `kill -9` alone proves nothing about durability: the kernel still writes what the dead process left in
//! its page cache. A [`Forgetful`] disk is a small library, preloaded into the process under test, that
//! notes what each write overwrites and what each sync made durable. After the kill,
//! [`roll_back`](Forgetful::roll_back) puts back what stood wherever a write was never synced: the state
//! that a power cut may leave.
//!
//! It can also be [full](Forgetful::fill), and [deaf](Forgetful::deafen): then syncs count for nothing,
//! which is how a harness proves that it would notice.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const SHIM: &str = include_str!("forgetful/shim.c");

/// A disk under one folder. Linux with the C library's `cc` alone.
#[derive(Debug)]
pub struct Forgetful {
    /// Holds the library, and the state that it shares with us: `log`, `full`, `deaf`.
    state: TempDir,
    folder: PathBuf,
}

/// Which of the writes that were never synced are lost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Lost {
    /// All of them.
    All,
    /// Some, as this seed has it: a disk writes in any order it likes.
    Some(u64),
}

/// What was put back.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct RolledBack {
    /// Writes and truncations taken back.
    pub writes: usize,
    /// Files whose names were never made durable.
    pub files: usize,
}

impl Forgetful {
    /// A disk that watches `folder`, which exists.
    ///
    /// # Panics
    ///
    /// If the library cannot be compiled: without it the test would prove nothing.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let state = TempDir::new().unwrap();
        let source = state.path().join("shim.c");
        fs::write(&source, SHIM).unwrap();
        let status = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .arg(state.path().join("shim.so"))
            .arg(&source)
            .args(["-ldl", "-lpthread"])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "`cc` must compile the disk's library"
        );
        Self { state, folder: folder.canonicalize().unwrap() }
    }

    /// Lets the process of `command` run on this disk, and forgets what earlier ones did.
    ///
    /// # Panics
    ///
    /// If the state cannot be cleared.
    pub fn attach(&self, command: &mut Command) {
        self.fill(false);
        self.deafen(false);
        remove(&self.log()).unwrap();
        command
            .env("LD_PRELOAD", self.state.path().join("shim.so"))
            .env("FORGETFUL_FOLDER", &self.folder)
            .env("FORGETFUL_STATE", self.state.path());
    }

    /// Like [`attach`](Self::attach), and the process is killed just before its `moment`th write or sync
    /// takes effect: with every number in turn, a test meets every moment there is.
    ///
    /// # Panics
    ///
    /// If the state cannot be cleared.
    pub fn attach_until(&self, command: &mut Command, moment: u64) {
        self.attach(command);
        command.env("FORGETFUL_DIE_AT", moment.to_string());
    }

    /// Makes the disk full, or gives room again.
    ///
    /// # Panics
    ///
    /// If the state cannot be written.
    pub fn fill(&self, full: bool) {
        self.switch("full", full);
    }

    /// Lets every sync from now on count for nothing, or count again.
    ///
    /// # Panics
    ///
    /// If the state cannot be written.
    pub fn deafen(&self, deaf: bool) {
        self.switch("deaf", deaf);
    }

    /// How often files were synced since [`attach`](Self::attach).
    ///
    /// # Panics
    ///
    /// If the log cannot be read.
    #[must_use]
    pub fn syncs(&self) -> usize {
        self.records().iter().filter(|record| record.kind == Kind::Sync).count()
    }

    /// Puts back what stood before the writes that were never synced. The process must be dead.
    ///
    /// # Panics
    ///
    /// If a file cannot be put back.
    #[expect(
        clippy::must_use_candidate,
        reason = "the files are put back whether anybody counts or not"
    )]
    pub fn roll_back(&self, lost: Lost) -> RolledBack {
        let records = self.records();
        let durable = Durable::of(&records);
        let mut dice = Dice::new(lost);
        let mut done = RolledBack::default();
        for record in records.iter().rev() {
            match record.kind {
                Kind::Write if !durable.file(record) && dice.lost() && put_back(record) => {
                    done.writes += 1;
                }
                Kind::Create if !durable.name(record) && dice.lost() => {
                    remove(&record.path).unwrap();
                    done.files += 1;
                }
                _ => {}
            }
        }
        remove(&self.log()).unwrap();
        done
    }

    fn switch(&self, name: &str, on: bool) {
        let path = self.state.path().join(name);
        if on { fs::write(path, "").unwrap() } else { remove(&path).unwrap() }
    }

    fn log(&self) -> PathBuf {
        self.state.path().join("log")
    }

    fn records(&self) -> Vec<Record> {
        let log = fs::read(self.log()).unwrap_or_default();
        let mut records = Vec::new();
        let mut at = 0;
        // A record that the kill tore is the last, and its write never happened.
        while let Some((record, len)) = Record::read(&log, at) {
            records.push(record);
            at += len;
        }
        records
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Write,
    Sync,
    Create,
    DirSync,
}

/// One record of the log; `shim.c` says what each field means.
#[derive(Debug)]
struct Record {
    position: u64,
    kind: Kind,
    path: PathBuf,
    offset: u64,
    size: u64,
    covers: u64,
    data: Vec<u8>,
}

impl Record {
    const HEADER: usize = 48;
    const MAGIC: u32 = 0x5447_4f46;

    fn read(log: &[u8], at: usize) -> Option<(Self, usize)> {
        let header = log.get(at..at + Self::HEADER)?;
        let word = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
        let wide = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        assert_eq!(word(0), Self::MAGIC, "the disk's log is what the library wrote");
        let kind = match word(4) {
            1 => Kind::Write,
            2 => Kind::Sync,
            3 => Kind::Create,
            4 => Kind::DirSync,
            other => panic!("no record of kind {other}"),
        };
        let (path_len, data_len) =
            (usize::try_from(word(8)).ok()?, usize::try_from(wide(24)).ok()?);
        let path_at = at + Self::HEADER;
        let data_at = path_at + path_len;
        let path = log.get(path_at..data_at)?;
        let data = log.get(data_at..data_at + data_len)?;
        let record = Self {
            position: u64::try_from(at).ok()?,
            kind,
            path: PathBuf::from(std::ffi::OsStr::from_bytes(path)),
            offset: wide(16),
            size: wide(32),
            covers: wide(40),
            data: data.to_vec(),
        };
        Some((record, Self::HEADER + path_len + data_len))
    }
}

/// Up to which position of the log each file and each folder is durable.
struct Durable<'a> {
    files: HashMap<&'a Path, u64>,
    folders: HashMap<&'a Path, u64>,
}

impl<'a> Durable<'a> {
    fn of(records: &'a [Record]) -> Self {
        let mut durable = Self { files: HashMap::new(), folders: HashMap::new() };
        for record in records {
            let map = match record.kind {
                Kind::Sync => &mut durable.files,
                Kind::DirSync => &mut durable.folders,
                Kind::Write | Kind::Create => continue,
            };
            let covers = map.entry(record.path.as_path()).or_default();
            *covers = record.covers.max(*covers);
        }
        durable
    }

    fn file(&self, record: &Record) -> bool {
        self.files.get(record.path.as_path()).is_some_and(|covers| record.position < *covers)
    }

    fn name(&self, record: &Record) -> bool {
        let folder = record.path.parent().and_then(|folder| self.folders.get(folder));
        folder.is_some_and(|covers| record.position < *covers)
    }
}

fn put_back(record: &Record) -> bool {
    let file = match OpenOptions::new().write(true).open(&record.path) {
        Ok(file) => file,
        // It was deleted, by the process or by us.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
        Err(error) => panic!("cannot put {} back: {error}", record.path.display()),
    };
    file.write_all_at(&record.data, record.offset).unwrap();
    file.set_len(record.size).unwrap();
    true
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Says which of several things get lost, the same for the same seed.
struct Dice(Option<u64>);

impl Dice {
    const fn new(lost: Lost) -> Self {
        match lost {
            Lost::All => Self(None),
            Lost::Some(seed) => Self(Some(seed)),
        }
    }

    fn lost(&mut self) -> bool {
        let Some(state) = &mut self.0 else { return true };
        // Knuth's MMIX generator; its high bits are good enough to toss a coin with.
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 63 == 1
    }
}
