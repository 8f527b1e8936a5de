//! What becomes of the claims.

use std::collections::BTreeSet;

use super::Decode;
use crate::model::{Id, Kind, Model};

/// What is read from a token, and where the whole of it goes.
#[derive(Debug, Default)]
pub(super) struct Reads {
    pub(super) fields: BTreeSet<String>,
    /// The claims are what the function answers.
    pub(super) returned: bool,
    /// The claims are handed to something else.
    pub(super) passed: bool,
    /// The claims are kept as the user: `req.user = claims`.
    pub(super) becomes_user: bool,
    /// Where a claim, by its name, or the whole of them, without one, goes on to somewhere.
    pub(super) places: Vec<(Id, String)>,
}

/// Steps from a token to its claims.
const WRAPPERS: [&str; 14] = [
    "jwtClaimsSet",
    "payload",
    "claims",
    "Claims",
    "data",
    "body",
    "Payload",
    "getBody",
    "getPayload",
    "getClaims",
    "getJWTClaimsSet",
    "toJSONObject",
    "toArray",
    "all",
];
/// The header says which key to take; nobody is who it says.
const HEADERS: [&str; 10] = [
    "header",
    "Header",
    "headers",
    "protectedHeader",
    "getHeader",
    "getKeyId",
    "Kid",
    "X5t",
    "getAlgorithm",
    "Alg",
];
/// Methods that read the claim that is their argument.
const GETTERS: [&str; 12] = [
    "get",
    "Get",
    "getClaim",
    "getStringClaim",
    "getClaimAsString",
    "GetClaim",
    "FindFirst",
    "FindFirstValue",
    "fetch",
    "dig",
    "has",
    "GetPayloadValue",
];
/// Methods and properties that stand for one claim.
const ACCESSORS: [(&str, &str); 28] = [
    ("subject", "sub"),
    ("issuer", "iss"),
    ("audience", "aud"),
    ("expiresAt", "exp"),
    ("expiration", "exp"),
    ("issuedAt", "iat"),
    ("getSubject", "sub"),
    ("Subject", "sub"),
    ("getIssuer", "iss"),
    ("Issuer", "iss"),
    ("getAudience", "aud"),
    ("Audiences", "aud"),
    ("getExpiresAt", "exp"),
    ("getExpiresAtAsInstant", "exp"),
    ("getExpiration", "exp"),
    ("getExpirationTime", "exp"),
    ("ValidTo", "exp"),
    ("ValidFrom", "nbf"),
    ("getIssuedAt", "iat"),
    ("getNotBefore", "nbf"),
    ("getNotBeforeTime", "nbf"),
    ("getIssueTime", "iat"),
    ("isExpired", "exp"),
    ("IssuedAt", "iat"),
    ("getId", "jti"),
    ("getJWTID", "jti"),
    ("Id", "jti"),
    ("getType", "typ"),
];
/// Functions that hand back what they are given, or that only print.
const TRANSPARENT: [&str; 8] =
    ["parse", "loads", "log", "debug", "info", "print", "warn", "Println"];
/// Methods that hand on what they are called on.
const STEPS: [&str; 17] = [
    "Any",
    "asString",
    "asList",
    "asInt",
    "asLong",
    "asDate",
    "toString",
    "ToString",
    "first",
    "First",
    "FirstOrDefault",
    "Single",
    "SingleOrDefault",
    "last",
    "symbolize_keys",
    "with_indifferent_access",
    "Where",
];

const FUEL: u8 = 6;
/// As many places as are looked at for where they lead.
const MAX_PLACES: usize = 64;

pub(super) fn of(m: &Model, decode: &Decode) -> Reads {
    let mut reads = Reads::default();
    follow(m, decode.call, &mut reads, FUEL);
    if let Some(into) = decode.into {
        follow_variable(m, into, &mut reads, FUEL);
    }
    reads
}

/// What becomes of a value that stands for the claims.
pub(super) fn of_value(m: &Model, value: Id) -> Reads {
    let mut reads = Reads::default();
    follow(m, value, &mut reads, FUEL);
    reads
}

fn follow(m: &Model, value: Id, reads: &mut Reads, fuel: u8) {
    let Some(fuel) = fuel.checked_sub(1) else { return };
    let Some(parent) = m.node(value).parent else { return };
    if reads.places.len() < MAX_PLACES && !matches!(m.kind(parent), Kind::Other(_) | Kind::Branch) {
        reads.places.push((value, String::new()));
    }
    match m.kind(parent) {
        Kind::Member(object, name) if *object == value => {
            if GETTERS.contains(&name.as_str()) {
                read_by_call(m, parent, reads, fuel);
            } else if STEPS.contains(&name.as_str()) {
                step(m, parent, reads, fuel);
            } else {
                field(m, parent, name, reads, fuel);
            }
        }
        Kind::Index(object, key) if *object == value => match m.kind(m.value(*key)) {
            Kind::Text(name) => field(m, parent, &name.clone(), reads, fuel),
            Kind::Number(_) => follow(m, parent, reads, fuel),
            _ => reads.passed = true,
        },
        Kind::Assign(target, assigned) if *assigned == value => {
            assign(m, *target, value, reads, fuel);
        }
        Kind::Return(_) => reads.returned = true,
        Kind::Choice(_) => follow(m, parent, reads, fuel),
        Kind::Call { callee, .. } if *callee != value => {
            let name = m.callee_name(parent).unwrap_or_default();
            if name == "resolve" {
                reads.returned = true;
            } else if !TRANSPARENT.contains(&name) {
                reads.passed = true;
                let lower = name.to_lowercase();
                reads.becomes_user |= lower.contains("user") || lower.contains("identity");
            }
        }
        Kind::Map(_) | Kind::List(_) | Kind::Template(_) => reads.passed = true,
        _ => {}
    }
}

/// `claims.First(c => c.Type == "sub")`: what is asked for stands in the argument, if anywhere.
fn step(m: &Model, callee: Id, reads: &mut Reads, fuel: u8) {
    let Some(call) = m.node(callee).parent else { return };
    let before = reads.fields.len();
    for arg in m.args(call) {
        for id in m.below(arg.value) {
            match m.kind(id) {
                Kind::Text(name) => field(m, call, &name.clone(), reads, fuel),
                // `ClaimTypes.Role`, `JwtRegisteredClaimNames.Sub`
                Kind::Member(object, name)
                    if m.last_name(*object).is_some_and(|of| of.contains("Claim")) =>
                {
                    let name = if name == "NameIdentifier" {
                        "sub".to_owned()
                    } else {
                        name.to_lowercase()
                    };
                    field(m, call, &name, reads, fuel);
                }
                _ => {}
            }
        }
    }
    if reads.fields.len() == before {
        follow(m, call, reads, fuel);
    }
}

fn field(m: &Model, node: Id, name: &str, reads: &mut Reads, fuel: u8) {
    // A method stands for what it answers.
    let node = m
        .node(node)
        .parent
        .filter(|call| matches!(m.kind(*call), Kind::Call { callee, .. } if *callee == node))
        .unwrap_or(node);
    if let Some((_, claim)) = ACCESSORS.iter().find(|(accessor, _)| *accessor == name) {
        reads.fields.insert((*claim).to_owned());
        if reads.places.len() < MAX_PLACES {
            reads.places.push((node, (*claim).to_owned()));
        }
    } else if WRAPPERS.contains(&name) {
        follow(m, node, reads, fuel);
    } else if HEADERS.contains(&name) {
        reads.fields.insert("kid".to_owned());
    } else {
        reads.fields.insert(name.to_owned());
        if reads.places.len() < MAX_PLACES {
            reads.places.push((node, name.to_owned()));
        }
    }
}

/// `claims.get("sub")`
fn read_by_call(m: &Model, callee: Id, reads: &mut Reads, fuel: u8) {
    let Some(call) = m.node(callee).parent else { return };
    match m.positional(call, 0).found().and_then(|key| m.text(key)) {
        Some(key) => field(m, call, key, reads, fuel),
        None => reads.passed = true,
    }
}

fn assign(m: &Model, target: Id, value: Id, reads: &mut Reads, fuel: u8) {
    match m.kind(target) {
        Kind::Name(_) => follow_variable(m, target, reads, fuel),
        Kind::Member(_, name) => {
            let lower = name.to_lowercase();
            reads.passed = true;
            reads.becomes_user |= ["user", "auth", "identity", "claims", "principal", "session"]
                .iter()
                .any(|word| lower.contains(word));
        }
        Kind::Other(parts) | Kind::List(parts) if !parts.is_empty() => {
            for part in parts {
                follow_variable(m, *part, reads, fuel);
            }
        }
        // `const { sub } = decode(token)` has its names in the scope alone.
        _ => {
            let before = reads.fields.len();
            reads.fields.extend(m.parts_of(value));
            part_places(m, |of| of == value, reads);
            reads.passed |= reads.fields.len() == before;
        }
    }
}

fn follow_variable(m: &Model, target: Id, reads: &mut Reads, fuel: u8) {
    let Some(fuel) = fuel.checked_sub(1) else { return };
    let Kind::Name(name) = m.kind(target) else { return };
    let Some((declared, _)) = m.declared(name, m.node(target).scope) else { return };
    let uses: Vec<Id> = m.uses(name, declared).filter(|one| *one > target).collect();
    for one in uses {
        follow(m, one, reads, fuel);
    }
    // `const { sub } = claims`
    let parts: Vec<String> = m.parts_of_name(name, declared);
    reads.fields.extend(parts);
    part_places(m, |of| m.is_name_of(of, name, declared), reads);
}

/// Where the parts go that a pattern took out of the claims.
fn part_places(m: &Model, is_of: impl Fn(Id) -> bool, reads: &mut Reads) {
    for (part, name, declared) in m.names_of_parts(is_of) {
        let left = MAX_PLACES.saturating_sub(reads.places.len());
        let uses = m.uses(name, declared).take(left).map(|one| (one, part.to_owned()));
        reads.places.extend(uses);
    }
}
