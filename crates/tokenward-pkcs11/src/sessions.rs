//! The sessions with a token: a bounded number, logged in, each used by one thread at a time.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Limit, Slot};
use cryptoki::types::AuthPin;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::error::{Pkcs11Error, is_lost_session, is_lost_token};
use crate::module::{Idle, Module};

/// A token that we are logged in to. Clones share the sessions.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    module: Arc<Module>,
    label: String,
    pin: AuthPin,
    /// Whether the PIN was refused. Whoever logs in holds it: a token locks after a few wrong PINs, which threads that
    /// try at once would use up together.
    pin_refused: Mutex<bool>,
    mechanisms: Vec<MechanismType>,
    idle: Arc<Idle>,
    permits: Arc<Semaphore>,
}

impl Sessions {
    /// Loads `module`, finds the token `label` and logs in once. Blocks.
    pub(crate) fn open(
        module: &Path,
        label: &str,
        pin: &Zeroizing<String>,
    ) -> Result<Self, Pkcs11Error> {
        let module = Module::load(module)?;
        let shared = Arc::clone(&module);
        let _call = shared.call_now();
        let slot = find(&module.library, label)?;
        let token = module.library.get_token_info(slot)?;
        if token.user_pin_locked() {
            return Err(Pkcs11Error::LockedPin);
        }
        let most = match token.max_rw_session_count() {
            Limit::Max(most) => usize::try_from(most).unwrap_or(SESSIONS),
            Limit::Unavailable | Limit::Infinite => SESSIONS,
        };
        let inner = Inner {
            mechanisms: module.library.get_mechanism_list(slot)?,
            module,
            label: label.to_owned(),
            pin: AuthPin::from(pin.as_str().to_owned()),
            pin_refused: Mutex::default(),
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(most.clamp(1, SESSIONS))),
        };
        let first = inner.log_in_at(slot).map_err(Pkcs11Error::from)?;
        inner.module.knows(&inner.idle);
        inner.put_back(first);
        Ok(Self(Arc::new(inner)))
    }

    /// Whether the token offers `mechanism`.
    pub(crate) fn offers(&self, mechanism: MechanismType) -> bool {
        self.0.mechanisms.contains(&mechanism)
    }

    /// Does `work` in a session, on a thread that may block. If the session turns out to be lost, does it
    /// once more in a new one; if the token does, once more after the library was started anew.
    ///
    /// The wait for the token is bounded. A call into a token that hangs cannot be called off: it keeps its
    /// session and its thread, of which there are no more than [`SESSIONS`].
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl Fn(&Session) -> Result<T, Failed> + Send + Sync + 'static,
    ) -> Result<T, Failed> {
        let work = Arc::new(work);
        let module = &self.0.module;
        match self.attempt(Arc::clone(&work)).await {
            Err(failed) if failed.may_be_stale() => {
                if !module.start_anew().await {
                    return Err(failed.unless_doubtful(module));
                }
                let again = self.attempt(work).await;
                match &again {
                    Err(Failed::Bare) => module.is_bare(),
                    Err(failed) if failed.may_be_stale() => {}
                    _ => module.is_well(),
                }
                again
            }
            outcome => outcome,
        }
    }

    async fn attempt<T: Send + 'static>(
        &self,
        work: Arc<impl Fn(&Session) -> Result<T, Failed> + Send + Sync + 'static>,
    ) -> Result<T, Failed> {
        let permits = Arc::clone(&self.0.permits);
        let leave = async { (permits.acquire_owned().await, self.0.module.call().await) };
        let (permit, call) =
            timeout(PATIENCE, leave).await.map_err(|_| Pkcs11Error::Busy(PATIENCE))?;
        let permit = permit.map_err(|_| Pkcs11Error::Thread)?;
        let inner = Arc::clone(&self.0);
        let working = spawn_blocking(move || {
            let result = inner.work(&*work);
            drop((call, permit));
            result
        });
        timeout(PATIENCE, working)
            .await
            .map_err(|_| Pkcs11Error::Busy(PATIENCE))?
            .map_err(|_| Pkcs11Error::Thread)?
    }
}

impl Inner {
    fn work<T>(&self, work: &impl Fn(&Session) -> Result<T, Failed>) -> Result<T, Failed> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle {
            match work(&session) {
                Err(Failed::Token(error)) if is_lost_session(&error) => {
                    tracing::warn!(error = %Pkcs11Error::from(error), "a session of the token is lost");
                    drop(session);
                }
                result => {
                    self.put_back(session);
                    return result;
                }
            }
        }
        let session = self.log_in()?;
        let result = work(&session);
        if !matches!(&result, Err(Failed::Token(error)) if is_lost_session(error)) {
            self.put_back(session);
        }
        result
    }

    /// A session with the token, in whichever slot it is by now.
    fn log_in(&self) -> Result<Session, Failed> {
        match find(&self.module.library, &self.label) {
            Ok(slot) => self.log_in_at(slot),
            // It was there at the start, so no setting is wrong.
            Err(error @ Pkcs11Error::NoToken { .. }) => {
                Err(Pkcs11Error::Away(error.to_string()).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn log_in_at(&self, slot: Slot) -> Result<Session, Failed> {
        let mut pin_refused = self.pin_refused.lock().unwrap_or_else(PoisonError::into_inner);
        if *pin_refused {
            return Err(Pkcs11Error::PinNotTried.into());
        }
        let session = self.module.library.open_rw_session(slot)?;
        let refused = match session.login(UserType::User, Some(&self.pin)) {
            // All sessions of a process are logged in together.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => return Ok(session),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => Pkcs11Error::WrongPin,
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Pkcs11Error::LockedPin,
            Err(error) => return Err(error.into()),
        };
        *pin_refused = true;
        Err(refused.into())
    }

    fn put_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("token", &self.0.label).finish_non_exhaustive()
    }
}

/// Why work in a session failed.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The token said no.
    Token(Error),
    /// The token shows no key of ours at all.
    Bare,
    /// Another reason, which a new session does not mend.
    Other(Pkcs11Error),
}

impl Failed {
    /// Whether the library may be at fault, for which the token was away.
    fn may_be_stale(&self) -> bool {
        match self {
            Self::Bare => true,
            Self::Token(error) => is_lost_token(error),
            Self::Other(error) => matches!(error, Pkcs11Error::Away(_)),
        }
    }

    /// The same, where the library could not be started anew: that no key is there counts only if it was so after
    /// the last time.
    fn unless_doubtful(self, module: &Module) -> Self {
        match self {
            Self::Bare if !module.was_bare() => {
                Pkcs11Error::Away("it shows no key at all".to_owned()).into()
            }
            failed => failed,
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

impl From<Pkcs11Error> for Failed {
    fn from(error: Pkcs11Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failed> for Pkcs11Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Token(error) => error.into(),
            Failed::Bare => Self::Token("the token holds none of our keys".to_owned()),
            Failed::Other(error) => error,
        }
    }
}

fn find(library: &Pkcs11, label: &str) -> Result<Slot, Pkcs11Error> {
    let mut present = Vec::new();
    let mut found = Vec::new();
    let mut silent = None;
    for slot in library.get_slots_with_initialized_token()? {
        let token = match library.get_token_info(slot) {
            Ok(token) => token,
            // One that is pulled out this moment must not hide ours.
            Err(error) => {
                silent = Some(error);
                continue;
            }
        };
        let own = token.label().trim_end();
        if own == label {
            found.push(slot);
        } else {
            present.push(format!("`{own}`"));
        }
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        [] => {
            if let Some(error) = silent {
                return Err(error.into());
            }
            let present = if present.is_empty() { "none".to_owned() } else { present.join(", ") };
            Err(Pkcs11Error::NoToken { label: label.to_owned(), present })
        }
        many => Err(Pkcs11Error::ManyTokens { label: label.to_owned(), count: many.len() }),
    }
}

/// Sessions at once. More make a token that works through its requests one by one no faster.
const SESSIONS: usize = 8;

/// How long a request waits for the token. An RSA key of 3072 bits takes a small one some seconds.
const PATIENCE: Duration = Duration::from_secs(30);
