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
    if m.language == Language::Python {
        let is_default = param.default.is_some_and(|one| is_query(m, one));
        let is_marked = written.starts_with("Annotated") && written.contains("Query(");
        // A browser's socket has no headers to send it in.
        let is_socket = scope.params.iter().any(|one| {
            one.type_name.as_deref().is_some_and(|written| written.contains("WebSocket"))
        });
        return (is_default || is_marked) && !is_socket && !m.is_given_again(name, at);
    }
    if m.language == Language::Rust {
        return written.starts_with("Query<") || written.contains("::Query<");
    }
    let head = head(context, at);
    // What is posted may be in the body as well.
    let is_posted = head.contains("PostMapping") || head.contains("RequestMethod.POST");
    !is_posted && MARKS.iter().any(|mark| head.split(mark).skip(1).any(|rest| names(rest, name)))
}

/// `token: str = Query(…)` of `FastAPI`.
fn is_query(m: &Model, default: Id) -> bool {
    m.callee_path(default)
        .is_some_and(|path| path.starts_with("fastapi.") && path.ends_with(".Query"))
}

/// What the addresses of a function are: written above it, or given to what hands requests to it.
pub(super) fn addresses(context: &Context<'_>, at: Id) -> String {
    let m = context.model;
    if matches!(m.language, Language::Java | Language::Kotlin | Language::CSharp) {
        return head(context, at).split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n");
    }
    let mut found: Vec<&str> = m
        .ancestors(at)
        .filter_map(|call| m.args(call).first())
        .filter_map(|first| m.text(first.value))
        .filter(|text| text.starts_with('/'))
        .collect();
    if let Some(function) = m.named_function(at)
        && let Some(whole) = m.node(function).parent
    {
        let above = m.node(whole).span.start..m.node(function).span.start;
        let above = context.text.get(above).filter(|text| text.starts_with('@'));
        found.extend(above.unwrap_or_default().split(['"', '\'']).skip(1).step_by(2));
    }
    found.join("\n")
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
