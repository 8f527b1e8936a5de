//! Tokens that are taken apart by hand, in code that looks at no signature.

use super::{Decode, How, Library};
use crate::language::Language;
use crate::model::{Id, Kind, Model};

/// From what is parsed to where it was split.
const FUEL: u8 = 6;
/// What a token is called.
const TOKENS: [&str; 4] = ["jwt", "token", "bearer", "auth"];
/// What whoever checks a signature calls.
const CHECKS: [&str; 7] = [
    "createverify",
    "timingsafeequal",
    "compare_digest",
    "importkey",
    "hash_equals",
    "openssl_verify",
    "sodium_crypto_sign_verify_detached",
];

/// Where a file splits a token at its dots.
#[derive(Debug, Default)]
pub(super) struct Split {
    calls: Vec<Id>,
    /// Patterns that take the parts, each with its call: `const [, payload] = token.split('.')`.
    patterns: Vec<(Id, Id)>,
}

impl Split {
    pub(super) fn read(m: &Model) -> Self {
        let is_known = m.language.is_script() || m.language == Language::Python;
        let calls: Vec<Id> = if is_known {
            m.calls().filter(|call| is_split(m, *call)).collect()
        } else {
            Vec::new()
        };
        let is_checked = !calls.is_empty()
            && (m.calls().any(|call| is_check(m, call))
                || m.ids().any(|id| is_part(m, &calls, id, |at| at > 1.0)));
        if is_checked {
            return Self::default();
        }
        let patterns = calls.iter().filter_map(|call| Some((pattern(m, *call)?, *call))).collect();
        Self { calls, patterns }
    }

    pub(super) fn decode(&self, m: &Model, call: Id) -> Option<Decode> {
        if m.language == Language::Php {
            return exploded(m, call);
        }
        if self.calls.is_empty() {
            return None;
        }
        let (parse, library) = match m.language {
            Language::Python => ("json.loads", Library::PyJwt),
            _ => ("~JSON.parse", Library::Jose),
        };
        if m.callee_path(call).as_deref() != Some(parse) {
            return None;
        }
        let mut trace = Trace { split: None, is_decoded: false, is_header: false };
        self.follow(m, m.positional(call, 0).found()?, &mut trace, FUEL);
        let split = trace.split.filter(|_| trace.is_decoded && !trace.is_header)?;
        let Kind::Call { callee, .. } = m.kind(split) else { return None };
        let Kind::Member(token, _) = m.kind(*callee) else { return None };
        Some(Decode {
            call,
            library,
            token: Some(*token),
            into: None,
            how: How::ByHand,
            switch: None,
            for_clients: true,
        })
    }

    /// The call whose second part a name got by a pattern; a first part is called a header.
    fn taken(&self, m: &Model, id: Id, name: &str) -> Option<Id> {
        let lower = name.to_lowercase();
        let is_here = |pattern: Id| m.function_of(pattern) == m.function_of(id);
        let is_payload = ["payload", "claims", "body"].iter().any(|word| lower.contains(word));
        // In JavaScript, what a pattern of an array binds is not kept.
        let takes = |pattern: Id| match m.kind(pattern) {
            Kind::Other(parts) if parts.is_empty() => is_payload,
            _ => {
                m.below(pattern).any(|one| matches!(m.kind(one), Kind::Name(part) if part == name))
            }
        };
        self.patterns
            .iter()
            .find(|(pattern, _)| !lower.contains("head") && is_here(*pattern) && takes(*pattern))
            .map(|(_, call)| *call)
    }

    fn follow(&self, m: &Model, id: Id, trace: &mut Trace, fuel: u8) {
        let Some(fuel) = fuel.checked_sub(1) else { return };
        for one in m.below(id) {
            match m.kind(one) {
                Kind::Call { .. } if self.calls.contains(&one) => trace.split = Some(one),
                Kind::Call { .. } => trace.is_decoded |= is_base64(m, one),
                Kind::Index(..) => {
                    trace.is_header |= is_part(m, &self.calls, one, |at| at < 1.0);
                }
                Kind::Name(name) if trace.split.is_none() => {
                    trace.split = self.taken(m, one, name);
                    for value in m.values(one).into_iter().filter(|value| *value != one) {
                        self.follow(m, value, trace, fuel);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What takes the parts of what a call splits, where that is no single name.
fn pattern(m: &Model, call: Id) -> Option<Id> {
    match m.kind(m.node(call).parent?) {
        Kind::Assign(target, value) if *value == call => {
            (!matches!(m.kind(*target), Kind::Name(_) | Kind::Member(..))).then_some(*target)
        }
        _ => None,
    }
}

/// What is met on the way from what is parsed.
struct Trace {
    split: Option<Id>,
    is_decoded: bool,
    is_header: bool,
}

/// `token.split('.')`
fn is_split(m: &Model, call: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(call) else { return false };
    let Kind::Member(object, name) = m.kind(*callee) else { return false };
    name == "split"
        && m.positional(call, 0).found().and_then(|by| m.text(by)) == Some(".")
        && is_token(m, *object)
}

/// Whether what is split is called a token, or came out of what is: `header.authorization.split(' ')[1]`.
fn is_token(m: &Model, id: Id) -> bool {
    [id, m.value(id)].into_iter().any(|one| {
        m.below(one).take(32).any(|part| match m.kind(part) {
            Kind::Name(name) | Kind::Member(_, name) | Kind::Text(name) => {
                let name = name.to_lowercase();
                TOKENS.iter().any(|word| name.contains(word))
            }
            _ => false,
        })
    })
}

/// `atob(…)`, `Buffer.from(…, 'base64')`, `base64.urlsafe_b64decode(…)`, and helpers that say so.
fn is_base64(m: &Model, call: Id) -> bool {
    let path = m.callee_path(call).or_else(|| m.callee_name(call).map(str::to_owned));
    let path = path.unwrap_or_default().to_lowercase();
    let is_named = |text: &str| text.contains("base64") || text.contains("b64");
    is_named(&path)
        || path.ends_with("atob")
        || m.args(call).iter().any(|arg| m.text(arg.value).is_some_and(is_named))
}

fn is_check(m: &Model, call: Id) -> bool {
    let name = m.callee_name(call).unwrap_or_default().to_lowercase();
    name.starts_with("verify")
        // `self._signature(header, payload)`, `hmac_sha(…)`: a library of the program's own.
        || name.contains("signature")
        || name.contains("hmac")
        || CHECKS.contains(&name.as_str())
        || m.callee_path(call).is_some_and(|path| path.starts_with("hmac."))
}

/// Whether this is a part of what was split, at such a place.
fn is_part(m: &Model, splits: &[Id], id: Id, is_there: impl Fn(f64) -> bool) -> bool {
    match m.kind(id) {
        Kind::Index(object, index) => {
            m.number(*index).is_some_and(is_there) && splits.contains(&m.value(*object))
        }
        _ => false,
    }
}

/// `json_decode(base64_decode(explode('.', $jwt)[1]))`: a token that is taken apart by hand, in a function that
/// looks at no signature.
fn exploded(m: &Model, call: Id) -> Option<Decode> {
    if m.callee_path(call).as_deref() != Some("~explode")
        || m.positional(call, 0).found().and_then(|id| m.text(id)) != Some(".")
    {
        return None;
    }
    let token = m.positional(call, 1).found()?;
    let is_token = m.last_name(token).is_none_or(|name| {
        let name = name.to_lowercase();
        TOKENS.iter().any(|word| name.contains(word))
    });
    let function = m.function_of(call);
    let calls: Vec<&str> = m
        .calls()
        .filter(|one| m.function_of(*one) == function)
        .filter_map(|one| m.callee_name(one))
        .collect();
    let has = |names: &[&str]| calls.iter().any(|name| names.contains(name));
    let reads = has(&["base64_decode", "urlsafeB64Decode"]) && has(&["json_decode", "jsonDecode"]);
    let checks = has(&CHECKS) || calls.iter().any(|name| name.contains("hmac"));
    (is_token && reads && !checks && takes_payload(m, call)).then_some(Decode {
        call,
        library: Library::FirebaseJwt,
        token: Some(token),
        into: None,
        how: How::ByHand,
        switch: None,
        for_clients: false,
    })
}

/// Whether the second part is used, and not the header alone.
fn takes_payload(m: &Model, call: Id) -> bool {
    let is_list = m.node(call).parent.is_some_and(|parent| {
        matches!(m.kind(parent), Kind::Assign(target, _) if matches!(m.kind(*target), Kind::Other(_)))
    });
    is_list
        || m.ids().any(|id| match m.kind(id) {
            Kind::Index(object, index) => {
                m.value(*object) == call && m.number(*index).is_some_and(|at| at > 0.0)
            }
            _ => false,
        })
}
