//! Opening the file: whose is it, is it whole, are we alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use tokenward::BackendErrorKind;

/// `tokw`: marks the file as ours, in the header where `file(1)` finds it.
const APPLICATION_ID: i32 = 0x746f_6b77;

/// The steps from nothing to the present schema, whose version is their number. Released ones never change.
const MIGRATIONS: [&str; 10] = [
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
    include_str!("../migrations/0008.sql"),
    include_str!("../migrations/0009.sql"),
    include_str!("../migrations/0010.sql"),
];

/// Up to this size the whole file is checked at each start; it takes a fraction of a second.
const FULL_CHECK_BYTES: u64 = 32 * 1024 * 1024;

/// How long a connection waits for a lock. Only the store's own connections ever hold one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a store cannot be opened: one line for the operator, with the mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error("the store `{}` is in use by {holder}; stop it, or give [store] url another file", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who holds it, as far as is known.
        holder: String,
    },
    /// A newer tokenward wrote it.
    #[error("the store `{}` has schema {found}, this version knows {known}; run the newer tokenward that wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i32,
        /// The newest schema version that this program knows.
        known: usize,
    },
    /// It is a SQLite file of something else.
    #[error("`{}` is no store of tokenward; let [store] url name another file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged.
    #[error("the store `{}` is damaged ({detail}); restore it from a backup", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The disk is full.
    #[error("no room on the disk for the store `{}`; free some", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("cannot open the store `{}`: {source}; [store] url must name a file in a directory that exists and is writable", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// SQLite refuses.
    #[error("cannot open the store `{}`: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl OpenError {
    /// The kind of outage it is.
    #[must_use]
    pub const fn kind(&self) -> BackendErrorKind {
        match self {
            Self::Locked { .. } => BackendErrorKind::Locked,
            Self::Newer { .. } | Self::Foreign { .. } | Self::Corrupt { .. } => {
                BackendErrorKind::Corrupt
            }
            Self::Full { .. } => BackendErrorKind::Full,
            Self::Io { .. } | Self::Sqlite { .. } => BackendErrorKind::Unavailable,
        }
    }

    fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == io::ErrorKind::StorageFull {
            return Self::Full { path };
        }
        Self::Io { path, source }
    }

    fn sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match crate::fault::kind(&source) {
            BackendErrorKind::Corrupt => Self::Corrupt { path, detail: source.to_string() },
            BackendErrorKind::Full => Self::Full { path },
            _ => Self::Sqlite { path, source },
        }
    }
}

/// The file, locked, checked and migrated.
pub(crate) struct Opened {
    pub(crate) writer: Connection,
    pub(crate) checkpointer: Connection,
    pub(crate) readers: Vec<Connection>,
    /// Held for as long as the store is open.
    pub(crate) lock: File,
}

pub(crate) fn open(path: &Path, readers: usize) -> Result<Opened, OpenError> {
    // First of all: whoever else opens the file, even to look at it, endangers the holder's locks.
    let lock = lock(path)?;
    create_private(path).map_err(|error| OpenError::io(path, error))?;
    let sql = |error| OpenError::sqlite(path, error);
    let mut writer = connect(path).map_err(sql)?;
    migrate(path, &mut writer)?;
    check(path, &writer)?;
    // What a process that was killed left in the log, a destroyed key perhaps, does not stay there.
    crate::writer::truncate(&writer).map_err(sql)?;
    let checkpointer = connect(path).map_err(sql)?;
    let readers = (0..readers).map(|_| connect_reader(path)).collect::<Result<_, _>>();
    Ok(Opened { writer, checkpointer, readers: readers.map_err(sql)?, lock })
}

/// Copies the store at `from` into the new file `to`, as of one moment. Other processes may use it meanwhile;
/// this one must not, see [`lock`].
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), OpenError> {
    let copied = || {
        let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        source.busy_timeout(BUSY_TIMEOUT)?;
        let mut target = Connection::open(to)?;
        Backup::new(&source, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)
    };
    create_private(to).map_err(|error| OpenError::io(to, error))?;
    copied().map_err(|error| OpenError::sqlite(from, error))
}

/// One process at a time. The lock lives in a file of its own, because closing any other handle of the
/// database file would drop SQLite's own locks on it (POSIX).
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(PathBuf::from(name))
        .map_err(|error| OpenError::io(path, error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::Locked { path: path.to_owned(), holder: holder(&mut file) });
        }
        Err(TryLockError::Error(error)) => return Err(OpenError::io(path, error)),
    }
    // The number is for the message above alone: it may fail, for instance on a full disk.
    drop(write_holder(&mut file));
    Ok(file)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(32).read_to_string(&mut text).map(|_| text.trim().parse::<u32>()) {
        Ok(Ok(pid)) => format!("process {pid}"),
        _ => "another process".to_owned(),
    }
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Makes the file, if there is none, readable by its owner alone; SQLite gives its companions the same mode.
fn create_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => {
            file.sync_all()?;
            // The name must be as durable as what will be written under it.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Before SQLite finds out: it would make companions as read-only as the file is.
            OpenOptions::new().append(true).open(path)?;
            let metadata = fs::metadata(path)?;
            if metadata.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // No SQLITE_OPEN_URI: a path is a path. No mutex: each connection has one user at a time.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns once the log is on the disk.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted is overwritten with zeros.
    conn.pragma_update(None, "secure_delete", "ON")?;
    // The checkpoint thread does it, so that no command waits for it.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // Temporary tables hold what the file holds: they stay in memory.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // A file made by somebody else must not run code of its own through its schema.
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    Ok(conn)
}

fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let conn = connect(path)?;
    conn.pragma_update(None, "query_only", "ON")?;
    Ok(conn)
}

fn migrate(path: &Path, conn: &mut Connection) -> Result<(), OpenError> {
    let sql = |error| OpenError::sqlite(path, error);
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (id, found) =
        (number("application_id").map_err(sql)?, number("user_version").map_err(sql)?);
    let tables: i64 =
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
    let ours = id == APPLICATION_ID || (id == 0 && tables == 0);
    match usize::try_from(found) {
        _ if !ours => Err(OpenError::Foreign { path: path.to_owned() }),
        Ok(done) if done <= MIGRATIONS.len() => {
            for (version, migration) in (1..).zip(MIGRATIONS).skip(done) {
                apply(conn, version, migration).map_err(sql)?;
            }
            Ok(())
        }
        Ok(_) => Err(OpenError::Newer { path: path.to_owned(), found, known: MIGRATIONS.len() }),
        Err(_) => Err(OpenError::Corrupt {
            path: path.to_owned(),
            detail: format!("schema {found} was never one"),
        }),
    }
}

/// One step, all of it or nothing: a file whose migration the power cut short is migrated again.
fn apply(conn: &mut Connection, version: i32, migration: &str) -> rusqlite::Result<()> {
    let tx = conn.transaction()?;
    tx.execute_batch(migration)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()
}

/// Looks for damage: in all of a small file; of a large one in what every start reads anyway.
fn check(path: &Path, conn: &Connection) -> Result<(), OpenError> {
    let corrupt = |detail| OpenError::Corrupt { path: path.to_owned(), detail };
    let sql = |error| OpenError::sqlite(path, error);
    let found: Statements = schema_of(conn).map_err(sql)?;
    let fresh = Connection::open_in_memory().map_err(sql)?;
    fresh.execute_batch(&MIGRATIONS.concat()).map_err(sql)?;
    if found != schema_of(&fresh).map_err(sql)? {
        return Err(corrupt("its tables are not those of this schema".to_owned()));
    }
    let size = fs::metadata(path).map_err(|error| OpenError::io(path, error))?.len();
    if size <= FULL_CHECK_BYTES {
        let verdict: String =
            conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
        if verdict != "ok" {
            return Err(corrupt(verdict));
        }
    }
    Ok(())
}

type Statements = std::collections::BTreeSet<String>;

fn schema_of(conn: &Connection) -> rusqlite::Result<Statements> {
    // `sqlite_stat…` tables come and go; they are not ours.
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
    conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
