//! The set against plain maps, and against itself after a journey as bytes.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers of a test are small")]

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_set_says_what_plain_maps_say(steps in proptest::collection::vec(step(), 1..60)) {
        let audience = Audience::new("api").unwrap();
        let fingerprints = Fingerprints::random();
        let mut set = Set::new(audience.clone(), fingerprints.clone());
        let mut model = Model::default();
        let mut now = 0;
        // Made of an empty set, and kept over whatever becomes of it.
        let memos: Vec<_> = tokens().iter().map(|token| set.memo(&token.facts())).collect();
        for (seq, step) in (1..).zip(steps) {
            match step {
                Step::Insert(scope, life) => {
                    let row = revocation(seq, scope, at(now + life));
                    let item = Item::of(&row, &fingerprints);
                    set.insert_item(&item);
                    model.insert(&row.scope, now + life);
                    prop_assert!(set.knows(&item), "{item:?}");
                }
                Step::Wait(seconds) => {
                    now += seconds;
                    set.expire(at(now));
                    model.expire(now);
                }
                Step::Replace(scopes) => {
                    let rows: Vec<_> =
                        scopes.iter().map(|s| revocation(seq, s.clone(), at(now + 200))).collect();
                    let items: Vec<_> = rows.iter().map(|r| Item::of(r, &fingerprints)).collect();
                    set.replace(fingerprints.clone(), &items, at(now));
                    model = Model::default();
                    for scope in &scopes {
                        model.insert(scope, now + 200);
                    }
                }
                Step::Travel => {
                    let body = set.export();
                    let other = Set::new(audience.clone(), Fingerprints::random());
                    other.insert(&revocation(1, Scope::Session(session("gone")), at(now + 900)));
                    other.import(fingerprints.clone(), &body, at(now)).unwrap();
                    prop_assert_eq!(other.len(), set.len());
                    prop_assert_eq!(other.export(), body);
                    set = other;
                }
            }
            for (token, memo) in tokens().into_iter().zip(&memos) {
                let answer = set.check_facts(&token.facts());
                let fresh = set.memo(&token.facts());
                for memo in [memo, &fresh, &fresh, memo] {
                    prop_assert_eq!(set.check_again(&token.facts(), memo), answer);
                }
                let expected = model.check(&token);
                let lingers = answer == Some(RevokedBy::Jti) && model.once.contains(&token.id);
                prop_assert!(answer == expected || lingers, "{:?}, not {:?}", answer, expected);
            }
            prop_assert!(set.len() >= model.len() && (set.len() == model.len() || !model.once.is_empty()));
        }
    }

    #[test]
    fn an_item_that_was_never_inserted_is_not_known(
        scope in scope(), other in scope(), life in 1_u64..400,
    ) {
        let fingerprints = Fingerprints::random();
        let set = Set::new(Audience::new("api").unwrap(), fingerprints.clone());
        let item = |scope, life| Item::of(&revocation(1, scope, at(life)), &fingerprints);
        set.insert_item(&item(other.clone(), life));

        if scope.kind() != other.kind() && !matches!((&scope, &other),
            (Scope::Subject { .. } | Scope::Version { .. }, Scope::Subject { .. } | Scope::Version { .. }))
        {
            prop_assert!(!set.knows(&item(scope, life)));
        }
        prop_assert!(!set.knows(&item(other, life + 60)), "it ends earlier");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Scope, u64),
    Wait(u64),
    Replace(Vec<Scope>),
    Travel,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (scope(), 1_u64..400).prop_map(|(scope, life)| Step::Insert(scope, life)),
        3 => (0_u64..200).prop_map(Step::Wait),
        1 => proptest::collection::vec(scope(), 0..6).prop_map(Step::Replace),
        1 => Just(Step::Travel),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    let subjects = || (0_u8..3).prop_map(|n| subject(&format!("u{n}")));
    let versions = || (1_u64..4).prop_map(TokenVersion::new);
    prop_oneof![
        6 => (0..ids().len()).prop_map(|n| Scope::Jti(ids()[n].clone())),
        2 => (0_u8..4).prop_map(|n| Scope::Session(session(&format!("s{n}")))),
        2 => (subjects(), proptest::option::of(versions()), 0_u64..3).prop_map(
            |(subject, version, up_to)| Scope::Subject { subject, version, issued_up_to: at(up_to) }
        ),
        2 => (subjects(), versions()).prop_map(|(subject, below)| Scope::Version { subject, below }),
        1 => (0_u8..2).prop_map(|n| Scope::Key(key(&format!("k{n}")))),
        1 => (0_u64..3).prop_map(|up_to| Scope::Audience { issued_up_to: at(up_to) }),
        1 => (0_u64..3).prop_map(|up_to| Scope::Issuer { issued_up_to: at(up_to) }),
    ]
}

/// Dense ones on several pages, one whose minute nobody can mean, and foreign ones.
fn ids() -> &'static [Jti] {
    static IDS: std::sync::OnceLock<Vec<Jti>> = std::sync::OnceLock::new();
    IDS.get_or_init(|| {
        let place = |minute, shard, index| DenseId { minute, shard, index }.name();
        let mut ids = vec![place(900_000, 1, 1), jti("t1"), jti("t2"), jti("b0a1d4a2-7c53-4f6e")];
        for minute in 1..4 {
            for index in [0, 1, 32_767, 32_768, 900_000] {
                ids.extend([place(minute, 0, index), place(minute, 65_535, index)]);
            }
        }
        ids
    })
}

/// Each has one thing that may be revoked, and the rest from a corner where nothing is.
fn tokens() -> Vec<Token> {
    let plain = || Token {
        id: jti("never"),
        session: None,
        subject: subject("nobody"),
        version: None,
        issued_at: at(100_000),
        key: None,
    };
    let mut tokens: Vec<Token> =
        ids().iter().map(|id| Token { id: id.clone(), ..plain() }).collect();
    for n in 0..4 {
        tokens.push(Token { session: Some(session(&format!("s{n}"))), ..plain() });
        for (version, issued_at) in [(None, 1), (Some(1), 1), (Some(2), 2), (Some(3), 100_000)] {
            tokens.push(Token {
                subject: subject(&format!("u{n}")),
                version: version.map(TokenVersion::new),
                issued_at: at(issued_at),
                key: Some(key(&format!("k{n}"))),
                ..plain()
            });
        }
    }
    tokens
}

#[derive(Default)]
struct Model {
    ids: HashMap<Jti, u64>,
    /// Dense ids that were revoked at any time: a page lives as long as the longest on it.
    once: HashSet<Jti>,
    sessions: HashMap<SessionId, u64>,
    keys: HashMap<KeyId, u64>,
    subjects: HashMap<Subject, (u64, u64, Option<u64>, Option<u64>)>,
    audience: Option<(u64, u64)>,
    issuer: Option<(u64, u64)>,
}

impl Model {
    fn insert(&mut self, scope: &Scope, ends_at: u64) {
        let end = ends_at.div_ceil(60).max(1);
        let raise = |known: &mut u64| *known = end.max(*known);
        match scope {
            Scope::Jti(id) => {
                raise(self.ids.entry(id.clone()).or_default());
                if DenseId::parse(id).is_some() {
                    self.once.insert(id.clone());
                }
            }
            Scope::Session(id) => raise(self.sessions.entry(id.clone()).or_default()),
            Scope::Key(id) => raise(self.keys.entry(id.clone()).or_default()),
            Scope::Subject { subject, version, issued_up_to } => {
                let known = self.subjects.entry(subject.clone()).or_default();
                raise(&mut known.0);
                match version {
                    Some(version) => {
                        known.1 = known.1.max(version.get());
                        known.2 = known.2.max(Some(issued_up_to.as_secs()));
                    }
                    None => known.3 = known.3.max(Some(issued_up_to.as_secs())),
                }
            }
            Scope::Version { subject, below } => {
                let known = self.subjects.entry(subject.clone()).or_default();
                raise(&mut known.0);
                known.1 = known.1.max(below.get());
            }
            Scope::Audience { issued_up_to } => floor(&mut self.audience, end, *issued_up_to),
            Scope::Issuer { issued_up_to } => floor(&mut self.issuer, end, *issued_up_to),
        }
    }

    fn expire(&mut self, now: u64) {
        let passed = now / 60;
        self.ids.retain(|_, end| *end > passed);
        self.sessions.retain(|_, end| *end > passed);
        self.keys.retain(|_, end| *end > passed);
        self.subjects.retain(|_, known| known.0 > passed);
        self.audience = self.audience.filter(|(end, _)| *end > passed);
        self.issuer = self.issuer.filter(|(end, _)| *end > passed);
    }

    fn check(&self, token: &Token) -> Option<RevokedBy> {
        let iat = token.issued_at.as_secs();
        if self.ids.contains_key(&token.id) {
            return Some(RevokedBy::Jti);
        }
        if token.key.as_ref().is_some_and(|id| self.keys.contains_key(id)) {
            return Some(RevokedBy::Key);
        }
        if self.issuer.is_some_and(|(_, up_to)| iat <= up_to) {
            return Some(RevokedBy::Issuer);
        }
        if self.audience.is_some_and(|(_, up_to)| iat <= up_to) {
            return Some(RevokedBy::Audience);
        }
        if token.session.as_ref().is_some_and(|id| self.sessions.contains_key(id)) {
            return Some(RevokedBy::Session);
        }
        let (_, version, unversioned, issued) = self.subjects.get(&token.subject)?;
        match token.version {
            Some(own) if own.get() < *version => Some(RevokedBy::Version),
            None if Some(iat) <= *unversioned => Some(RevokedBy::Subject),
            _ if Some(iat) <= *issued => Some(RevokedBy::Subject),
            _ => None,
        }
    }

    fn len(&self) -> usize {
        let floors = usize::from(self.audience.is_some()) + usize::from(self.issuer.is_some());
        self.ids.len() + self.sessions.len() + self.keys.len() + self.subjects.len() + floors
    }
}

fn floor(floor: &mut Option<(u64, u64)>, end: u64, up_to: UnixTime) {
    let known = floor.unwrap_or_default();
    *floor = Some((end.max(known.0), up_to.as_secs().max(known.1)));
}
