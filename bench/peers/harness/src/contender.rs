//! One way to do one thing, ready to be run any number of times.

use std::hint::black_box;

use crate::token::Algorithm;

/// What is done with the token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    Verify,
    Sign,
}

impl Operation {
    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Sign => "sign",
        }
    }
}

/// One way to do one thing.
pub struct Contender {
    pub algorithm: Algorithm,
    pub operation: Operation,
    /// The crate, as the lock file names it.
    pub library: &'static str,
    /// Which of its ways, or nothing if it has one.
    pub variant: &'static str,
    state: State,
}

type Loop = Box<dyn FnMut(u64)>;

enum State {
    Cold(Box<dyn FnOnce() -> Loop>),
    Warm(Loop),
    Between,
}

impl Contender {
    /// `prepare` parses the keys, as far as the library can do that ahead, and returns the operation.
    ///
    /// The operation fails by a panic: a contender that is fast because it refuses the token is none.
    pub fn new<F, T>(
        (algorithm, operation): (Algorithm, Operation),
        (library, variant): (&'static str, &'static str),
        prepare: impl FnOnce() -> F + 'static,
    ) -> Self
    where
        F: FnMut() -> T + 'static,
    {
        let cold = move || -> Loop {
            let mut operation = prepare();
            Box::new(move |count| {
                for _ in 0..count {
                    black_box(operation());
                }
            })
        };
        Self { algorithm, operation, library, variant, state: State::Cold(Box::new(cold)) }
    }

    /// Does it `count` times.
    pub fn run(&mut self, count: u64) {
        self.state = match std::mem::replace(&mut self.state, State::Between) {
            State::Cold(prepare) => State::Warm(prepare()),
            warm => warm,
        };
        if let State::Warm(run) = &mut self.state {
            run(count);
        }
    }
}
