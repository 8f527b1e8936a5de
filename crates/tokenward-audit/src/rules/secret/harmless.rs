//! Literals that sign nothing: refused where the program starts, or where the algorithm takes no secret.

use crate::model::{Id, Kind, Model};
use crate::rules::library::Verify;
use crate::rules::names::{has, is_asymmetric, plain, words};
use crate::rules::{Context, settings};

/// As much of a statement as is looked at, in bytes.
const MAX_REGION: usize = 6_000;
/// As many statements as are kept.
const MAX_REGIONS: usize = 64;

/// What stops a program.
const STOPS: [&str; 8] =
    ["raise ", "throw ", "panic", "exit(", "abort(", "reject", "fatal", "Error("];
/// What says that it is about production.
const PRODUCTION: [&str; 5] = ["prod", "PROD", "NODE_ENV", "development", "DEBUG"];

/// The statements and functions of a file that stop a program in production.
pub(super) fn refusals<'m>(context: &Context<'m>) -> Vec<&'m str> {
    let m = context.model;
    m.ids()
        .filter(|id| matches!(m.kind(*id), Kind::Branch | Kind::Function(_)))
        .map(|id| context.source(id))
        .filter(|source| {
            source.len() <= MAX_REGION
                && STOPS.iter().any(|word| source.contains(word))
                && PRODUCTION.iter().any(|word| source.contains(word))
        })
        .take(MAX_REGIONS)
        .collect()
}

/// Whether one of them speaks of a literal, or of a setting that has it.
pub(super) fn is_refused(refusals: &[&str], names: &[&str]) -> bool {
    let names = names.iter().filter(|name| name.len() >= 5);
    names.into_iter().any(|name| refusals.iter().any(|source| source.contains(name)))
}

/// `if self.jwt_secret == "changeme": raise ValueError`: the program does not start with it.
pub(super) fn is_compared(context: &Context<'_>, at: Id, text: &str) -> bool {
    let m = context.model;
    m.ids().filter(|id| matches!(m.kind(*id), Kind::Branch)).any(|id| {
        let source = context.source(id);
        let is_other = !m.below(id).any(|inner| inner == at);
        source.len() <= MAX_REGION
            && is_other
            && STOPS.iter().any(|word| source.contains(word))
            && m.below(id).any(|inner| {
                is_comparison(m, inner) && m.below(inner).any(|one| m.text(one) == Some(text))
            })
    })
}

/// `defaults = {"JWT_SECRET": "change-me"}`, in a function that compares and stops: a list of what is refused.
pub(super) fn is_listed_as_refused(context: &Context<'_>, value: Id) -> bool {
    let m = context.model;
    let is_member = m
        .node(value)
        .parent
        .is_some_and(|parent| matches!(m.kind(parent), Kind::Map(_) | Kind::List(_)));
    is_member
        && m.function_node(value).is_some_and(|around| {
            let source = context.source(around);
            let stops = STOPS.iter().any(|word| source.contains(word));
            stops && m.below(around).any(|id| is_comparison(m, id))
        })
}

fn is_comparison(m: &Model, id: Id) -> bool {
    match m.kind(id) {
        Kind::Binary(operator, ..) => {
            matches!(operator.as_str(), "==" | "===" | "!=" | "!==" | "in" | "not in")
        }
        Kind::Call { .. } => matches!(m.callee_name(id), Some("includes" | "has" | "contains")),
        _ => false,
    }
}

/// Whether a verifier takes no algorithm that a secret is for.
pub(super) fn takes_no_secret(m: &Model, verify: &Verify) -> bool {
    let Some(list) = verify.algorithms.found() else { return false };
    let items = m.items(list);
    !items.is_empty()
        && items.into_iter().all(|item| {
            let value = m.value(item);
            let name = m.text(value).or_else(|| m.last_name(value)).unwrap_or_default();
            is_asymmetric(name)
        })
}

/// `test-secret`, `dev-secret`: where no setting takes its place, nobody means it for production.
pub(super) fn is_for_tests(context: &Context<'_>, at: Id, text: &str) -> bool {
    let words = words(text);
    let first = words.first().map(String::as_str).unwrap_or_default();
    matches!(first, "test")
        || words.iter().any(|one| one == "testing")
        || matches!(first, "dev" | "local") && !settings::is_read_from_outside(context, at)
}

/// `{ JWT_SECRET: '…' }`, in a script that signs and verifies nothing: what is made of the map is out of sight.
pub(super) fn is_of_a_template(context: &Context<'_>, at: Id) -> bool {
    let m = context.model;
    let is_in_map = m.node(at).parent.is_some_and(|parent| matches!(m.kind(parent), Kind::Map(_)));
    let works = context.library.signs().next().is_some()
        || context.library.verifies().next().is_some()
        || !context.library.keys().is_empty();
    m.language.is_script() && is_in_map && !works
}

/// `{ NODE_ENV: 'development', JWT_SECRET: '…' }`: what a developer's machine is given.
pub(super) fn is_beside_development(context: &Context<'_>, at: Id) -> bool {
    let m = context.model;
    // Without it a search from each secret to the top of the file would be one too many.
    if !context.says("node_env") || !m.ancestors(at).any(|one| matches!(m.kind(one), Kind::Map(_)))
    {
        return false;
    }
    let end = m.node(at).span.start;
    let before =
        (end.saturating_sub(MAX_REGION)..=end).find_map(|from| context.text.get(from..end));
    let before = before.unwrap_or_default();
    let set = before.rfind("NODE_ENV").and_then(|from| before.get(from..)?.lines().next());
    set.is_some_and(|line| has(line, &["development", "'test'", "\"test\""]))
}

/// `jwt.encode({"user_id": random.random()}, "secret")`, in a file that verifies nothing: text that looks like a token,
/// for whatever is to know one.
pub(super) fn makes_samples(context: &Context<'_>) -> bool {
    const DRAWS: [&str; 5] =
        ["random.random", "random.randint", "random.choice", "~Math.random", "Math.random"];
    // A number that is drawn may well be an id of the token; nobody draws all that it says of its subject.
    const WHO: [&str; 5] = ["sub", "userid", "user", "uid", "username"];
    let m = context.model;
    let is_draw = |id: Id| m.callee_path(id).is_some_and(|path| DRAWS.contains(&path.as_str()));
    let is_drawn = |payload: Id| {
        let claims = m.entries(m.value(payload));
        let named = claims.named.into_iter();
        let who = named.filter(|(name, _)| WHO.contains(&plain(name).as_str()));
        let mut who = who.map(|(_, value)| value).peekable();
        !claims.more
            && who.peek().is_some()
            && who.all(|value| match m.kind(m.value(value)) {
                // `str(random.random())`
                Kind::Call { args, .. } if m.callee_name(value) == Some("str") => {
                    args.first().is_some_and(|arg| is_draw(arg.value))
                }
                _ => is_draw(m.value(value)),
            })
    };
    let mut payloads = context.library.signs().map(|sign| sign.payload.found()).peekable();
    payloads.peek().is_some()
        && context.library.verifies().next().is_none()
        && payloads.all(|payload| payload.is_some_and(is_drawn))
}

/// `devConfig.secret || 'secret'`
pub(super) fn is_of_development(source: &str) -> bool {
    let source = plain(source);
    ["devconfig", "devoptions", "devsettings"].iter().any(|word| source.contains(word))
}

/// `{"JWT_SECRET": "auth", "JWT_TTL": "auth", …}` says what each name belongs to.
pub(super) fn is_of_a_table(m: &Model, value: Id) -> bool {
    let Some(text) = m.text(value) else { return false };
    m.node(value).parent.is_some_and(|map| match m.kind(map) {
        Kind::Map(entries) => {
            entries.iter().filter(|entry| m.text(entry.value) == Some(text)).count() > 1
        }
        _ => false,
    })
}
