//! Signing keys: their life cycle, the plan of their rotation, the key sets that verifiers trust, and the
//! traits of the stores and custodies that keep them.
//!
//! A [`KeyRing`] per audience is what an authority works with. It reads a [`KeyStore`], asks a [`Custody`]
//! for keys and signatures, and does what [`plan()`] says.
//!
//! **Invariant:** nothing here reads a clock, a file or a socket. `now` is an argument; everything outside
//! is behind a trait.

pub mod custody;
mod former;
pub mod lifecycle;
mod order;
pub mod plan;
mod ring;
mod statement;
mod store_key;
mod stored;
mod timing;

pub use custody::{
    Custody, CustodyError, Kek, KekError, MadeKey, Memory, NewKey, Passphrase, PassphraseCost,
    Sealed, Signer,
};
pub use former::{FormerError, FormerSecret, FormerSecrets};
pub use order::{KeyLabel, KeyOrder, NoLabel, Unfinished};
pub use plan::{Plan, Request, Step, plan};
pub use ring::{
    Compromised, ImportError, Imported, KeyHistory, KeyInfo, KeyRing, NoSigner, NotRipe, RingError,
    RotateError, Rotated, Signing,
};
pub use statement::{KeySetStatements, SignedKeySet, StatementError, StatementStore};
pub use store_key::{KeyWrap, Rewrapped, StoreKey, StoreKeyError, WrapContext, WrapError};
pub use stored::{KeyChange, KeyState, KeyStore, StoredKey, UnknownState};
pub use timing::{MAX_PUBLISHED, Timing, TimingError, TimingSettings};
