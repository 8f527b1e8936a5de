//! What ends a token besides its `exp`: a store, a reader in another function, the other party's own count.

use crate::model::{Id, Key, Kind, Model};
use crate::rules::Context;
use crate::rules::library::{Sign, Verify};
use crate::rules::names::plain;
use crate::rules::settings;

/// What push services and app stores take from those who send: who it is, when, and under which key; they count from
/// `iat` themselves.
pub(super) fn is_for_push(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let is_bare = sign.payload.found().is_some_and(|payload| {
        let entries = m.entries(m.value(payload));
        !entries.more
            && entries.named.len() == 2
            && entries.named.iter().all(|(name, _)| matches!(name.as_str(), "iss" | "iat"))
    });
    is_bare
        && (context.says_any(&["apns", "provider token"])
            || around(context, sign.call).contains("kid"))
}

/// The function around a node, as it is written; the file where there is none.
fn around<'m>(context: &Context<'m>, at: Id) -> &'m str {
    context.model.function_node(at).map_or(context.text, |id| context.source(id))
}

/// A token that is good once: it has a nonce, and the time that it was made.
pub(super) fn is_for_once(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    sign.payload.found().is_some_and(|payload| {
        let named = m.entries(m.value(payload)).named;
        let has = |names: &[&str]| named.iter().any(|(name, _)| names.contains(&name.as_str()));
        has(&["nonce"]) && has(&["iat", "time", "timestamp", "ts"])
    })
}

/// A proof of possession (RFC 9449, section 4.2): it names a request, and is good for a moment after its `iat`.
pub(super) fn is_proof(m: &Model, sign: &Sign) -> bool {
    sign.payload.found().is_some_and(|payload| {
        let named = m.entries(m.value(payload)).named;
        let has = |wanted| named.iter().any(|(name, _)| name == wanted);
        has("htm") && has("htu")
    })
}

/// A claim of its own that says when it ends; whoever reads it may well compare it, out of sight.
pub(super) fn has_own_end(m: &Model, sign: &Sign) -> bool {
    sign.payload.found().is_some_and(|payload| {
        let named = m.entries(m.value(payload)).named;
        named.iter().any(|(name, _)| {
            let name = plain(name);
            ["expir", "validuntil", "notafter", "endsat"].iter().any(|word| name.contains(word))
        })
    })
}

/// A token that its own function verifies, and nobody else gets: `token = encode(…); decode(token, …)`.
pub(super) fn is_self_test(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let Some(target) = m.assigned_to(sign.call) else { return false };
    let Kind::Name(name) = m.kind(target) else { return false };
    let function = m.function_of(sign.call);
    let Some((declared, _)) = m.declared(name, m.node(target).scope) else { return false };
    let mut uses = m.uses(name, declared).filter(|id| *id != target).peekable();
    declared == function
        && uses.peek().is_some()
        && uses.all(|id| {
            context
                .library
                .verifies()
                .any(|verify| !verify.is_off && verify.token.found() == Some(id))
        })
}

/// When a token was made, as people call it besides `iat`.
const MADE: [&str; 10] = [
    "now",
    "time",
    "timestamp",
    "ts",
    "created",
    "createdAt",
    "created_at",
    "issued",
    "issuedAt",
    "issued_at",
];

/// Whether claims say when they were made, and another function of the file reads that: it may well look at the age.
pub(super) fn is_dated(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let Some(payload) = sign.payload.found() else { return false };
    let named = m.entries(m.value(payload)).named;
    let function = m.function_of(sign.call);
    let dates = || named.iter().filter(|(name, _)| MADE.contains(&name.as_str()));
    dates().next().is_some()
        && m.ids().any(|id| {
            let read = match m.kind(id) {
                Kind::Member(_, name) => Some(name.as_str()),
                Kind::Index(_, key) => m.text(*key),
                _ => None,
            };
            m.function_of(id) != function && dates().any(|(name, _)| read == Some(name.as_str()))
        })
}

/// `jwt.verify(token, key, { maxAge: '7d' })`: jsonwebtoken counts a token's age from when it was made.
pub(super) fn is_old_by_issue(context: &Context<'_>) -> bool {
    let m = context.model;
    let asks = |verify: &Verify| {
        verify.options.found().is_some_and(|options| m.option(options, "maxAge").found().is_some())
    };
    let of_passport = || {
        settings::all(m).any(|(name, options)| {
            name == "jsonWebTokenOptions" && m.option(options, "maxAge").found().is_some()
        })
    };
    m.language.is_script() && (context.library.verifies().any(asks) || of_passport())
}

/// What carries the state of a login through the browser, and is good for that login alone.
pub(super) fn is_login_state(m: &Model, sign: &Sign) -> bool {
    m.function_name(sign.call).contains("state")
}

/// Claims that are one text, put together elsewhere or sealed: `{"session": encrypt(json.dumps(claims))}`.
pub(super) fn is_wrapped(m: &Model, claim: Id) -> bool {
    const WRAPS: [&str; 8] =
        ["dumps", "stringify", "encrypt", "serializ", "json_encode", "to_json", "marshal", "seal"];
    let wraps = |id: Id| {
        m.callee_name(id).is_some_and(|name| {
            let name = name.to_lowercase();
            WRAPS.iter().any(|word| name.contains(word))
        })
    };
    // `sealed.decode()`: what was sealed has a name by then.
    m.below(m.value(claim)).any(|id| wraps(id) || wraps(m.value(id)))
}

/// A random text or a session's key as the only claim: whoever takes the token looks it up.
pub(super) fn is_opaque(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let Some(payload) = sign.payload.found() else { return false };
    let entries = m.entries(m.value(payload));
    let [(name, value)] = entries.named.as_slice() else { return false };
    let source = context.source(m.value(*value)).to_lowercase();
    let is_session = matches!(plain(name).as_str(), "sessionkey" | "sessionid" | "sessiontoken");
    let is_random = ["rand", "uuid", "nanoid", "secrets.", "urandom", "securerandom"]
        .iter()
        .any(|word| source.contains(word));
    !entries.more && (is_session || is_random)
}

/// `claims.update(others)`: what others have is out of sight, or is filled the same way.
pub(super) fn is_merged(m: &Model, payload: Id) -> bool {
    let Kind::Name(name) = m.kind(payload) else { return false };
    let Some((declared, _)) = m.declared(name, m.node(payload).scope) else { return false };
    m.calls().any(|call| {
        let Kind::Call { callee, .. } = m.kind(call) else { return false };
        let others = m.positional(call, 0).found();
        matches!(m.kind(*callee), Kind::Member(object, method)
            if method == "update" && m.is_name_of(*object, name, declared))
            && others.is_some_and(|others| !matches!(m.kind(others), Kind::Map(_)))
    })
}

/// Parts of the names of claims that say who somebody is, or what they may do.
const WHO: [&str; 21] = [
    "sub", "user", "email", "login", "account", "role", "scope", "perm", "sess", "token", "ident",
    "name", "admin", "member", "customer", "client", "phone", "group", "resource", "action",
    "right",
];

/// Claims that speak of nobody: a signature over a document, not a credential.
pub(super) fn is_of_nobody(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let Some(payload) = sign.payload.found() else { return false };
    let entries = m.entries(m.value(payload));
    let is_who = |name: &str| {
        let name = plain(name);
        name.ends_with("id") || WHO.iter().any(|word| name.contains(word))
    };
    let is_known = !entries.more && !entries.named.is_empty();
    // An option may say it as well: `subject: 'guest'`.
    is_known
        && !entries.named.iter().any(|(name, value)| {
            // Supabase's key for whoever is not logged in stands in every page.
            is_who(name) && !(name == "role" && m.text(*value) == Some("anon"))
        })
        && !context.source(sign.call).contains("subject")
}

/// Parts of the names of ends, as people call them besides `exp`.
const ENDS: [&str; 6] = ["expir", "lifetime", "maxage", "validuntil", "notafter", "timetolive"];

/// Whether a file that signs knows of an end that is none of a token's own claims or options: a column, a setting, the
/// age that its reader asks for. Who has such a thing beside a token may well hold the token to it, out of sight.
pub(super) fn knows_another_end(context: &Context<'_>) -> bool {
    let m = context.model;
    let is_end = |name: &str| {
        let is_refusal = ["Error", "Exception", "Signature"].iter().any(|end| name.ends_with(end));
        let simple = plain(name);
        !is_refusal && (simple == "ttl" || ENDS.iter().any(|word| simple.contains(word)))
    };
    let names = |id: Id| match m.kind(id) {
        Kind::Text(name) => !name.contains(' ') && is_end(name),
        Kind::Name(name) | Kind::Member(_, name) => is_end(name),
        Kind::Map(entries) => {
            entries.iter().any(|entry| matches!(&entry.key, Key::Named(name) if is_end(name)))
        }
        _ => false,
    };
    let mut found = m.ids().filter(|id| names(*id)).peekable();
    if found.peek().is_none() {
        return false;
    }
    // What a token ends by is looked at where it is made, and a cookie's end is not its token's.
    let mut own: Vec<_> = m
        .calls()
        .filter(|call| m.callee_name(*call).is_some_and(|name| plain(name).contains("cookie")))
        .collect();
    for sign in context.library.signs() {
        own.push(sign.call);
        own.extend(sign.payload.found().map(|payload| m.value(payload)));
        own.extend(sign.expiry.found());
    }
    let mut spans: Vec<_> = own.into_iter().map(|id| m.node(id).span.clone()).collect();
    spans.sort_unstable_by_key(|span| span.start);
    // Both rise, so that each is looked at once.
    let mut spans = spans.into_iter().peekable();
    let mut end = 0;
    found.any(|id| {
        let at = m.node(id).span.start;
        while let Some(span) = spans.next_if(|span| span.start <= at) {
            end = end.max(span.end);
        }
        at >= end
    })
}

/// A token that goes into a column of a table: whoever takes it may look at the row's age.
///
/// `token = models.CharField(…)`, and `self.token = jwt.encode(…)` beside it.
pub(super) fn is_column(m: &Model, sign: &Sign) -> bool {
    let Some(target) = m.assigned_to(sign.call) else { return false };
    let Kind::Member(_, field) = m.kind(target) else { return false };
    settings::all(m).filter(|(name, _)| name == field).any(|(_, value)| {
        m.callee_name(value).is_some_and(|made| {
            made.ends_with("Field") || matches!(made, "Column" | "mapped_column")
        })
    })
}

/// A token with an id, in a file that speaks of the time that a store keeps it.
pub(super) fn is_stored(context: &Context<'_>, sign: &Sign) -> bool {
    let m = context.model;
    let has_id = sign.payload.found().is_some_and(|payload| {
        m.entries(m.value(payload))
            .named
            .iter()
            .any(|(name, _)| matches!(name.as_str(), "jti" | "sid" | "session_id"))
    });
    has_id && speaks_of_ttl(context)
}

pub(super) fn speaks_of_ttl(context: &Context<'_>) -> bool {
    context.once("ttl as a word", |text| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "ttl")
    })
}

/// Whether another function of the file takes `exp` out of claims.
pub(super) fn reads_expiry(m: &Model, call: Id) -> bool {
    let function = m.function_of(call);
    m.ids().filter(|id| m.function_of(*id) != function).any(|id| match m.kind(id) {
        Kind::Index(_, key) => matches!(m.kind(*key), Kind::Text(name) if name == "exp"),
        Kind::Member(_, name) => name == "exp",
        Kind::Call { .. } => {
            m.callee_name(id) == Some("get")
                && m.positional(id, 0).found().and_then(|key| m.text(key)) == Some("exp")
        }
        _ => false,
    })
}

/// `Date.now() - claims.iat`: what ends the token is an own check of its age.
pub(in crate::rules) fn compares_issue(m: &Model) -> bool {
    m.ids().any(|id| match m.kind(id) {
        Kind::Binary(operator, left, right) if operator == "-" => {
            [*left, *right].into_iter().any(|side| m.last_name(side) == Some("iat"))
        }
        _ => false,
    })
}
