//! A peer that panics has refused the token.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::{Answer, Peer};
use crate::question::Question;

thread_local! {
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// The answer of `peer` to what it has begun, also if it panics, of which nothing is printed.
pub(crate) fn calmly(peer: &mut dyn Peer, question: &Question<'_>) -> Answer {
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !ASKING.get() {
                loud(info);
            }
        }));
    });
    ASKING.set(true);
    let answer = panic::catch_unwind(AssertUnwindSafe(|| peer.finish(question)));
    ASKING.set(false);
    answer.unwrap_or_else(|_| Answer::Refused("a panic".to_owned()))
}
