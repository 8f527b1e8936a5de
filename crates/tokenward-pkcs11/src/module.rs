//! The vendor's library, which a process has but once.
//!
//! Some libraries look for their tokens when they are initialized, and never again: one that was away for a
//! moment stays away for them. So the library can be started anew while others of this process use it.
//!
//! **Invariant:** whoever calls the library holds a [`Call`], and it is started anew only while nobody does. All
//! idle sessions are closed before: their numbers are given out again afterwards.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::session::Session;
use tokenward_keys::custody::backoff::Backoff;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, RwLockReadGuard};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

use crate::error::Pkcs11Error;

/// Sessions that nobody uses now.
pub(crate) type Idle = Mutex<Vec<Session>>;

/// Held while the library is called.
pub(crate) type Call = OwnedRwLockReadGuard<()>;

/// A library that is loaded and initialized.
pub(crate) struct Module {
    pub(crate) library: Pkcs11,
    calls: Arc<RwLock<()>>,
    idle: Mutex<Vec<Weak<Idle>>>,
    starts: Mutex<Starts>,
}

/// When it may be started anew: of a token that stays away, others must not suffer all the time.
struct Starts {
    backoff: Backoff,
    not_before: Option<Instant>,
    /// Whether the token showed no key after the last start.
    was_bare: bool,
}

impl Default for Starts {
    fn default() -> Self {
        Self { backoff: Backoff::from(FIRST).up_to(MOST), not_before: None, was_bare: false }
    }
}

impl Module {
    /// The library at `path`, which is loaded unless this process has it already. Blocks.
    pub(crate) fn load(path: &Path) -> Result<Arc<Self>, Pkcs11Error> {
        let mut loaded = lock(&LOADED);
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Some(module) = loaded.get(&place).and_then(Weak::upgrade) {
            return Ok(module);
        }
        let module = Arc::new(Self {
            library: initialized(path)?,
            calls: Arc::default(),
            idle: Mutex::default(),
            starts: Mutex::default(),
        });
        loaded.insert(place, Arc::downgrade(&module));
        Ok(module)
    }

    /// Has `idle` emptied before the library is started anew.
    pub(crate) fn knows(&self, idle: &Arc<Idle>) {
        let mut all = lock(&self.idle);
        all.retain(|one| one.strong_count() > 0);
        all.push(Arc::downgrade(idle));
    }

    /// Leave to call the library.
    pub(crate) async fn call(&self) -> Call {
        Arc::clone(&self.calls).read_owned().await
    }

    /// The same, on a thread that may block.
    pub(crate) fn call_now(&self) -> RwLockReadGuard<'_, ()> {
        self.calls.blocking_read()
    }

    /// Takes note that the last start helped.
    pub(crate) fn is_well(&self) {
        *lock(&self.starts) = Starts::default();
    }

    /// Takes note that the token shows no key after the last start.
    pub(crate) fn is_bare(&self) {
        lock(&self.starts).was_bare = true;
    }

    /// Whether the token showed no key after the last start.
    pub(crate) fn was_bare(&self) -> bool {
        lock(&self.starts).was_bare
    }

    /// Starts the library anew, as a restart of this process would; answers whether it did.
    ///
    /// It does so rarely, and not while a call hangs.
    pub(crate) async fn start_anew(self: &Arc<Self>) -> bool {
        if !self.is_time() {
            return false;
        }
        let Ok(alone) = timeout(PATIENCE, Arc::clone(&self.calls).write_owned()).await else {
            return false;
        };
        let module = Arc::clone(self);
        let starting = spawn_blocking(move || {
            let started = module.start_anew_alone();
            drop(alone);
            started
        });
        match starting.await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the library of the token does not start anew");
                false
            }
            Err(_) => false,
        }
    }

    fn is_time(&self) -> bool {
        let mut starts = lock(&self.starts);
        let now = Instant::now();
        if starts.not_before.is_some_and(|not_before| now < not_before) {
            return false;
        }
        starts.not_before = now.checked_add(starts.backoff.failed());
        starts.was_bare = false;
        true
    }

    fn start_anew_alone(&self) -> Result<(), Error> {
        tracing::warn!("the token was away: its library is started anew");
        for idle in lock(&self.idle).iter().filter_map(Weak::upgrade) {
            lock(&idle).clear();
        }
        match self.library.clone().finalize() {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _)) => {}
            Err(error) => return Err(error),
        }
        initialize(&self.library)
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").finish_non_exhaustive()
    }
}

fn initialized(path: &Path) -> Result<Pkcs11, Pkcs11Error> {
    let bad = |error: Error| {
        let why = error.to_string().lines().collect::<Vec<_>>().join(" ");
        Pkcs11Error::Module { path: path.to_owned(), why }
    };
    let library = Pkcs11::new(path).map_err(bad)?;
    match initialize(&library) {
        Ok(()) => Ok(library),
        Err(Error::Pkcs11(code, _)) => {
            let why = format!("it answered {code:?} to C_Initialize; is it configured?");
            Err(Pkcs11Error::Module { path: path.to_owned(), why })
        }
        Err(error) => Err(bad(error)),
    }
}

fn initialize(library: &Pkcs11) -> Result<(), Error> {
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Somebody else in this process uses the same library.
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        outcome => outcome,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `C_Initialize` and `C_Finalize` are about is the process, so the process is what knows of them.
static LOADED: Mutex<BTreeMap<PathBuf, Weak<Module>>> = Mutex::new(BTreeMap::new());

/// Half of the longest wait between the first two starts.
const FIRST: Duration = Duration::from_millis(500);
/// A token is back a minute after it was plugged in again, at the latest.
const MOST: Duration = Duration::from_secs(60);
/// How long the calls of others are waited for. One that hangs must not stop what still works for longer.
const PATIENCE: Duration = Duration::from_secs(5);
