//! The contracts. A store that keeps them all can take the place of any other.

pub(crate) mod custody;
pub(crate) mod events;
pub(crate) mod frames;
pub(crate) mod keys;
pub(crate) mod passkeys;
pub(crate) mod revocations;
pub(crate) mod services;
pub(crate) mod sessions;
pub(crate) mod statements;
pub(crate) mod statuses;

use std::time::Duration;

use tokenward::{Audience, SessionId, Subject, UnixTime};

/// A time from which promises count.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_815_000_000);

/// How long access tokens live, for the ends of revocations.
pub(crate) const ACCESS: Duration = Duration::from_secs(300);

pub(crate) fn audience(name: &str) -> Audience {
    Audience::new(name).unwrap()
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

pub(crate) fn sid(name: &str) -> SessionId {
    SessionId::new(name).unwrap()
}

/// `NOW` and so many seconds.
pub(crate) fn at(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

/// Runs each promise on a store of its own.
macro_rules! keep {
    ($make:ident: $($promise:ident),+ $(,)?) => {
        $($promise($make().await).await;)+
    };
}
pub(crate) use keep;
