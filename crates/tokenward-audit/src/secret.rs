//! Which secret signed a token: known ones, words, and what people make of words.
//!
//! An HMAC of a short token is five or six compressions; each secret tried costs exactly these, as nothing of
//! one secret helps with the next. The token's own blocks are laid out once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::code::mask;
use crate::finding::{Finding, Severity};

mod decoded;
mod hmac;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use hmac::Target;

/// Where the secrets come from that are tried.
#[non_exhaustive]
pub enum Words<'a> {
    /// The built-in list: documentation's examples, defaults of frameworks, words, and joins of these.
    BuiltIn,
    /// Lines, each as it is; with `true`, also in the forms that people give to words.
    Lines(Box<dyn Iterator<Item = Vec<u8>> + Send + 'a>, bool),
}

impl std::fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::BuiltIn => "BuiltIn",
            Self::Lines(..) => "Lines",
        })
    }
}

/// What a search came to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tried {
    /// How many secrets were tried.
    pub count: u64,
    /// The one that signed the token.
    pub found: Option<Vec<u8>>,
    /// The text that it was decoded from, where people write it so.
    pub written: Option<Written>,
}

/// A text that stands for a secret's bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Written {
    /// As it stands in settings.
    pub text: Vec<u8>,
    /// `Base64` or `hex`.
    pub encoding: &'static str,
}

/// A search for the secret of one token.
#[derive(Debug)]
pub struct Secrets {
    target: Target,
    count: AtomicU64,
    is_over: AtomicBool,
}

/// Words that a worker takes at once: enough that taking them costs nothing beside trying them.
const BATCH: usize = 512;

impl Secrets {
    /// Prepares a token of HS256, HS384 or HS512; `None` for any other.
    #[must_use]
    pub fn of(token: &str) -> Option<Self> {
        let target = Target::of(crate::token::bare(token))?;
        Some(Self { target, count: AtomicU64::new(0), is_over: AtomicBool::new(false) })
    }

    /// How many were tried so far; another thread may ask while [`Self::search`] runs.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether the search has come to its end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// About how many secrets [`Words::BuiltIn`] comes to.
    #[must_use]
    pub fn built_in() -> u64 {
        words::about()
    }

    /// Tries them all, on so many threads; 0 stands for one per core.
    #[must_use]
    pub fn search(&self, words: Words<'_>, threads: usize) -> Tried {
        let threads = match threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads.min(256),
        };
        let (lines, is_varied) = match words {
            Words::BuiltIn => (words::joined(), true),
            Words::Lines(lines, is_varied) => (lines, is_varied),
        };
        let lines = Mutex::new(lines);
        let found = Mutex::new(None);
        let is_found = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.work(&lines, is_varied, (&found, &is_found)));
            }
        });
        self.is_over.store(true, Ordering::Relaxed);
        let found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (found, written) = found.unzip();
        Tried { count: self.count(), found, written: written.flatten() }
    }

    /// A search that came to nothing, as far as it went.
    #[must_use]
    pub fn nothing(&self) -> Tried {
        Tried { count: self.count(), found: None, written: None }
    }

    /// What is to be told of the secret that was found, if one was; of itself no more than its first characters.
    #[must_use]
    pub fn finding(&self, tried: &Tried) -> Option<Finding> {
        let secret = tried.found.as_deref()?;
        let text = |bytes| mask::masked(&String::from_utf8_lossy(bytes));
        let known = match &tried.written {
            Some(written) => format!("`{}`, read as {}", text(&written.text), written.encoding),
            None if secret.is_empty() => "it is empty".to_owned(),
            None => format!("`{}`", text(secret)),
        };
        let message = format!(
            "the secret that signs such tokens is known: {known}; whoever guesses it signs tokens for anybody"
        );
        let fix =
            "replace it now, with 32 random bytes (openssl rand -base64 32), or with a key pair";
        Some(Finding::about("token", ("token-known-secret", 7), Severity::Critical, message, fix))
    }

    fn work(
        &self,
        lines: &Mutex<Box<dyn Iterator<Item = Vec<u8>> + Send + '_>>,
        is_varied: bool,
        (found, is_found): (&Mutex<Option<Hit>>, &AtomicBool),
    ) {
        loop {
            let batch: Vec<Vec<u8>> = match lines.lock() {
                Ok(mut lines) => lines.by_ref().take(BATCH).collect(),
                Err(_) => return,
            };
            if batch.is_empty() || is_found.load(Ordering::Relaxed) {
                return;
            }
            let mut count = 0_u64;
            let mut hit = |secret: &[u8], written: Option<Written>| {
                count = count.saturating_add(1);
                let is_hit = self.target.is_signed_by(secret);
                if is_hit && let Ok(mut found) = found.lock() {
                    *found = Some((secret.to_vec(), written));
                    is_found.store(true, Ordering::Relaxed);
                }
                is_hit
            };
            for word in &batch {
                for (secret, encoding) in decoded::forms(word) {
                    hit(&secret, Some(Written { text: word.clone(), encoding }));
                }
                if is_varied {
                    words::vary(word, &mut |secret| hit(secret, None))
                } else {
                    hit(word, None)
                };
            }
            self.count.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// A secret, and what it was decoded from.
type Hit = (Vec<u8>, Option<Written>);
