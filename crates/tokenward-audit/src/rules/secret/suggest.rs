//! What to write instead: the secret is read from outside, under the name that it has there.

use super::Literal;
use crate::language::Language;
use crate::model::{Id, Kind};
use crate::rules::Context;

/// What reads a setting by its name.
const LOOKUPS: [&str; 9] =
    ["getenv", "get", "env", "config", "fetch", "getOrThrow", "getProperty", "GetValue", "var"];

/// How the language at hand reads a secret of this name from outside.
pub(super) fn fix(language: Language, name: &str) -> String {
    let start = if language == Language::Php { "the request" } else { "the process" };
    let read = match language {
        Language::Python => format!("os.environ[\"{name}\"]"),
        Language::Go => format!("os.LookupEnv(\"{name}\")"),
        Language::Java => format!("System.getenv(\"{name}\")"),
        Language::Kotlin => format!("System.getenv(\"{name}\") ?: error(\"no key\")"),
        Language::Swift => format!("guard let key = Environment.get(\"{name}\")"),
        Language::Dart => format!("Platform.environment['{name}']"),
        Language::CSharp => {
            format!("builder.Configuration[\"{name}\"], from the environment or user secrets")
        }
        Language::Php => format!("getenv('{name}')"),
        Language::Ruby => format!("ENV.fetch('{name}')"),
        Language::Rust => format!("std::env::var(\"{name}\")?"),
        _ => format!("process.env.{name}"),
    };
    format!("read it where {start} starts, and stop without it: {read}; then replace it")
}

/// The name that the secret has in the environment already, as the code shows, or else one of ours; never a part of
/// the secret.
pub(super) fn variable<'t>(context: &Context<'t>, key: Id, literal: &Literal) -> &'t str {
    const SECRET: [&str; 5] = ["SECRET", "KEY", "JWT", "TOKEN", "AUTH"];
    let is_variable = |word: &&str| {
        word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && SECRET.iter().any(|part| word.contains(part))
            && !literal.text.contains(word)
    };
    let m = context.model;
    let value = m.value(key);
    // The first thing that a look-up is asked for; what comes after it is a default.
    let asks = |call: Id, id: Id| {
        let is_lookup = m.callee_name(call).is_some_and(|name| LOOKUPS.contains(&name));
        is_lookup && m.positional(call, 0).found() == Some(id)
    };
    let read = m.below(value).find_map(|id| {
        let name = match m.kind(id) {
            Kind::Member(_, name) => name,
            // A text may be another secret, unless something is asked for it.
            Kind::Text(name) => {
                let around = m.node(id).parent?;
                let is_asked = matches!(m.kind(around), Kind::Index(..)) || asks(around, id);
                is_asked.then_some(name)?
            }
            _ => return None,
        };
        Some(name.as_str()).filter(is_variable)
    });
    read.or_else(|| m.last_name(key).filter(is_variable)).unwrap_or("JWT_KEY")
}
