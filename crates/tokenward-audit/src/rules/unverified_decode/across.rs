//! What one file knows that decides about another's decode: which of its functions verify a token that they are
//! given, and which functions of other files a token is handed to.

use super::{Decode, verified};
use crate::language::Language;
use crate::model::{Id, Kind, Model, ScopeId};
use crate::rules::{Calls, Context, Elsewhere};

/// The functions of a file that verify what they are given, by name.
pub(crate) fn verifiers(m: &Model, calls: &Calls) -> Vec<String> {
    let mut names: Vec<String> = calls
        .verifies()
        .filter(|verify| !verify.is_off)
        .filter_map(|verify| {
            let scope = verify.token.found().and_then(|token| parameter_scope(m, token))?;
            m.scope(scope).map(|scope| scope.name.clone())
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a file verifies any token.
pub(crate) fn verifies(context: &Context<'_>) -> bool {
    verified::nearby(context)
}

/// The function whose parameter a token is, or is made of.
fn parameter_scope(m: &Model, token: Id) -> Option<ScopeId> {
    m.below(m.value(token)).find_map(|id| match m.kind(id) {
        Kind::Name(name) => m.parameter_of(name, m.node(id).scope).map(|(scope, _)| scope),
        _ => None,
    })
}

/// Functions of the project's other files that are given the token that `decode` reads, in the same function.
pub(super) fn handed_to(context: &Context<'_>, decode: &Decode) -> Vec<Elsewhere> {
    let m = context.model;
    let Some(token) = decode.token else { return Vec::new() };
    let function = m.function_of(decode.call);
    m.calls()
        .filter(|call| *call != decode.call && m.function_of(*call) == function)
        .filter(|call| verified::is_given(context, *call, token))
        .filter_map(|call| imported(m, call))
        .collect()
}

/// The file, by its name alone, and the function in it that a call leads to; nothing where it leads into a library.
fn imported(m: &Model, call: Id) -> Option<Elsewhere> {
    let path = m.callee_path(call)?;
    let (module, name) = path.rsplit_once('.')?;
    let is_own = match m.language {
        // `from .tokens import check`, `from shop.auth.tokens import check`
        Language::Python => module.starts_with('.') || module.contains('.'),
        _ => m.language.is_script() && module.starts_with(['.', '@', '~']) && module.contains('/'),
    };
    let file = module.rsplit(['/', '.']).find(|part| !is_extension(part))?;
    (is_own && !file.is_empty())
        .then(|| Elsewhere { file: file.to_owned(), function: name.to_owned() })
}

fn is_extension(part: &str) -> bool {
    matches!(part, "js" | "mjs" | "cjs" | "ts" | "jsx" | "tsx")
}
