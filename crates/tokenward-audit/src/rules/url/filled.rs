//! Parameters that a framework fills from the query of an address.

use crate::language::Language;
use crate::model::{Id, Kind, Model};
use crate::rules::Context;

/// What marks such a parameter, in Java and Kotlin, and in C#.
const MARKS: [&str; 3] = ["@RequestParam", "@QueryParam", "[FromQuery"];
/// Marks and types of a function are at its beginning.
const HEAD: usize = 1_000;

/// `@RequestParam String token`, `[FromQuery] string token`, `Query(params): Query<Params>`.
pub(super) fn is_by_query(context: &Context<'_>, token: Id) -> bool {
    let m = context.model;
    let at = base(m, m.value(token));
    let Kind::Name(name) = m.kind(at) else { return false };
    let Some((_, scope)) = m.parameter_of(name, m.node(at).scope) else { return false };
    let Some(param) = scope.params.iter().find(|param| &param.name == name) else { return false };
    let written = param.type_name.as_deref().unwrap_or_default();
    if m.language == Language::Rust {
        return written.starts_with("Query<") || written.contains("::Query<");
    }
    let head = head(context, at);
    // What is posted may be in the body as well.
    let is_posted = head.contains("PostMapping") || head.contains("RequestMethod.POST");
    !is_posted && MARKS.iter().any(|mark| head.split(mark).skip(1).any(|rest| names(rest, name)))
}

/// What the addresses of a function are, in Java, Kotlin and C#, where they are written above it.
pub(super) fn addresses(context: &Context<'_>, at: Id) -> String {
    if !matches!(context.model.language, Language::Java | Language::Kotlin | Language::CSharp) {
        return String::new();
    }
    head(context, at).split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n")
}

/// What a function says before its body, with what is written above it.
fn head<'m>(context: &Context<'m>, at: Id) -> &'m str {
    let Some(function) = context.model.named_function(at) else { return "" };
    let text = context.source(function);
    let mut depth = 0_usize;
    // A path may have a hole in braces; that is in parentheses.
    let end = text.char_indices().take(HEAD).find(|(_, one)| {
        match one {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *one == '{' && depth == 0
    });
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Whether what follows a mark, up to the next parameter, names `name`: `(required = false) String name, …`.
fn names(rest: &str, name: &str) -> bool {
    let mut depth = 0_usize;
    let end = rest.find(|one| {
        match one {
            '(' | '<' => depth = depth.saturating_add(1),
            '>' => depth = depth.saturating_sub(1),
            ')' if depth > 0 => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        matches!(one, ',' | ')') && depth == 0
    });
    let declared = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
    declared.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
}

/// The name at the bottom: `params` of `params.token.as_str()`.
fn base(m: &Model, at: Id) -> Id {
    let mut at = at;
    for _ in 0..8 {
        at = match m.kind(at) {
            Kind::Member(object, _) | Kind::Index(object, _) => *object,
            Kind::Call { callee, .. } if matches!(m.kind(*callee), Kind::Member(..)) => *callee,
            _ => break,
        };
    }
    at
}
