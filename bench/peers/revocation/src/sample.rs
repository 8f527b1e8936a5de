//! The tokens that are revoked, and those that are asked about.

use std::cell::Cell;

use tokenward::{Jti, SessionId, Subject, TokenVersion, UnixTime};
use tokenward_revocation::{DenseId, Facts, Memo, Set};

/// Sessions that are revoked, and as many subjects.
pub(crate) const SESSIONS: u32 = 10_000;
/// What `tokenward_remote::LiveVerifier` remembers.
const REMEMBERED: usize = 16_384;
/// The minute in which the first tokens end.
pub(crate) const FIRST_MINUTE: u32 = 30_000_000;
const MINUTES: u32 = 10;
const SHARDS: u16 = 2;
/// One live token in so many is revoked.
const ONE_IN: u32 = 10;

/// So many revoked tokens, and ten times as many that live.
pub(crate) struct Sample {
    pub(crate) revoked: u32,
    random: Cell<u64>,
}

/// What is asked about: the claims of a token that was just verified.
#[derive(Clone)]
pub(crate) struct Token {
    /// Which of all live tokens it is.
    pub(crate) number: u32,
    pub(crate) id: Jti,
    pub(crate) session: SessionId,
    pub(crate) subject: Subject,
    /// What is remembered of it, if it is.
    pub(crate) memo: Option<Memo>,
}

impl Sample {
    pub(crate) fn new(revoked: u32) -> Self {
        Self { revoked, random: Cell::new(0x9e37_79b9_7f4a_7c15) }
    }

    /// The ids of the revoked tokens.
    pub(crate) fn revoked(&self) -> impl Iterator<Item = Jti> {
        (0..self.revoked).map(|number| place(number, number % 7).name())
    }

    /// A live token of which nothing is revoked.
    pub(crate) fn token(&self) -> Token {
        let random = self.random();
        let group = u32::try_from(random >> 32).unwrap() % self.revoked;
        // The revoked one of each ten is among the first seven.
        let within = 7 + u32::try_from(random % 3).unwrap();
        let person = u32::try_from(random & 0xffff_ffff).unwrap() | 1 << 31;
        Token {
            number: group * ONE_IN + within,
            id: place(group, within).name(),
            session: session(person),
            subject: subject(person),
            memo: None,
        }
    }

    /// The numbers of the revoked tokens, of so many that live.
    pub(crate) fn revoked_numbers(&self) -> (impl Iterator<Item = u32>, u32) {
        let numbers = (0..self.revoked).map(|group| group * ONE_IN + group % 7);
        (numbers, self.revoked * ONE_IN)
    }

    pub(crate) fn tokens(&self, count: usize) -> Vec<Token> {
        (0..count).map(|_| self.token()).collect()
    }

    /// As many tokens as a verifier remembers, each of which was asked about before.
    pub(crate) fn remembered(&self, set: &Set) -> Vec<Token> {
        let mut tokens = self.tokens(REMEMBERED);
        for token in &mut tokens {
            let memo = set.memo(&token.facts());
            assert!(set.check_again(&token.facts(), &memo).is_none(), "a good token is refused");
            token.memo = Some(memo);
        }
        tokens
    }

    /// One of them.
    pub(crate) fn one_of(&self, tokens: &[Token]) -> Token {
        let at = usize::try_from(self.random() >> 32).unwrap() % tokens.len();
        tokens[at].clone()
    }

    // xorshift64*: the same in every run.
    fn random(&self) -> u64 {
        let mut state = self.random.get();
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.random.set(state);
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

impl Token {
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            token_id: &self.id,
            session_id: Some(&self.session),
            subject: &self.subject,
            token_version: Some(TokenVersion::new(3)),
            issued_at: UnixTime::from_secs(u64::from(FIRST_MINUTE) * 60 - 300),
            key_id: None,
        }
    }
}

/// 22 characters, as ours are.
pub(crate) fn session(number: u32) -> SessionId {
    SessionId::new(format!("session-{number:014x}")).unwrap()
}

/// As long as a UUID.
pub(crate) fn subject(number: u32) -> Subject {
    Subject::new(format!("b0a1d4a2-7c53-4f6e-9a3f-{number:012x}")).unwrap()
}

/// The token numbered `within` of the group of ten numbered `group`.
fn place(group: u32, within: u32) -> DenseId {
    let shard = u16::try_from(group % u32::from(SHARDS)).unwrap();
    let minute = group / u32::from(SHARDS) % MINUTES;
    let index = group / u32::from(SHARDS) / MINUTES * ONE_IN + within;
    DenseId { minute: FIRST_MINUTE + minute, shard, index }
}
