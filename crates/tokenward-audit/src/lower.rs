//! From text to [`Model`]: tree-sitter parses, a file per language reads its tree.

use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use self::feed::Feed;
use self::spelling::unescape;
use crate::language::Language;
use crate::model::build::Builder;
use crate::model::{Binding, Id, Kind, Model};

mod common;
mod csharp;
mod dart;
mod feed;
mod go;
mod java;
mod javascript;
mod kotlin;
mod php;
mod python;
mod ruby;
mod rust;
mod spelling;
mod swift;
#[cfg(test)]
mod tests;

/// How often the parser may report progress: a fixed part, and one for each byte. It is counted in steps, not
/// in seconds, so that a file has the same verdict on every machine.
const STEPS: (usize, usize) = (10_000, 4);

/// However few the steps, nobody waits longer than this for one file.
const LONGEST: Duration = Duration::from_secs(5);

/// A file that could be read, perhaps not to its bottom.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) model: Model,
    /// False where it is nested so deep that parts were left out.
    pub(crate) whole: bool,
    /// The text without its comments: each is as many blanks, so that places stay what they are.
    pub(crate) code: String,
    /// What comments say, with the place of each.
    pub(crate) comments: Vec<(Range<usize>, String)>,
    /// How many places the parser could make nothing of.
    pub(crate) faults: usize,
}

/// Parses a text; `None` if the parser gave up.
pub(crate) fn read(text: &str, language: Language) -> Option<Read> {
    let tree = parse(&Feed::new(text, language), text, language)?;
    let mut builder = Builder::new(text, language);
    let root = tree.root_node();
    match language {
        Language::Python => python::lower(&mut builder, root),
        Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Markup => {
            javascript::lower(&mut builder, root);
        }
        Language::Go => go::lower(&mut builder, root),
        Language::Java => java::lower(&mut builder, root),
        Language::Kotlin => kotlin::lower(&mut builder, root),
        Language::Swift => swift::lower(&mut builder, root),
        Language::Dart => dart::lower(&mut builder, root),
        Language::CSharp => csharp::lower(&mut builder, root),
        Language::Php => php::lower(&mut builder, root),
        Language::Ruby => ruby::lower(&mut builder, root),
        Language::Rust => rust::lower(&mut builder, root),
    }
    let (comments, faults) = comments(root, text);
    let (model, whole) = builder.finish();
    let code = without_comments(text, comments.iter().map(|(span, _)| span));
    Some(Read { model, whole, code, comments, faults })
}

/// The tree of a text; nothing where it takes too long.
fn parse(feed: &Feed<'_>, text: &str, language: Language) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar()).ok()?;
    #[expect(clippy::disallowed_methods, reason = "how long a parser works is no date")]
    let now = Instant::now;
    let began = now();
    let mut left = text.len().saturating_mul(STEPS.1).saturating_add(STEPS.0);
    let mut progress = |_: &ParseState| match left.checked_sub(1) {
        Some(less) if !feed.is_spent() && began.elapsed() < LONGEST => {
            left = less;
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Break(()),
    };
    let mut input = |from: usize, _| feed.piece(from);
    let options = ParseOptions::new().progress_callback(&mut progress);
    // A text that was cut short may have been read to its end before anybody asked.
    parser.parse_with_options(&mut input, None, Some(options)).filter(|_| !feed.is_spent())
}

fn without_comments<'c>(text: &str, comments: impl Iterator<Item = &'c Range<usize>>) -> String {
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    for span in comments {
        // What stands inside of another is blank already.
        if let Some(before) = text.get(at..span.start) {
            code.push_str(before);
            blank(&mut code, text.get(span.clone()).unwrap_or_default());
            at = span.end;
        }
    }
    code.push_str(text.get(at..).unwrap_or_default());
    code
}

/// Puts as many blanks as a text has bytes, in as many lines.
pub(crate) fn blank(out: &mut String, text: &str) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Comments, and how many faults there are, found without recursion: nesting is the file's choice.
fn comments(root: Node<'_>, text: &str) -> (Vec<(Range<usize>, String)>, usize) {
    let mut found = Vec::new();
    let mut faults = 0_usize;
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        faults = faults.saturating_add(usize::from(node.is_error() || node.is_missing()));
        if is_comment(node) {
            let span = node.byte_range();
            found.push((span.clone(), text.get(span).unwrap_or_default().to_owned()));
        }
        if cursor.goto_first_child() || cursor.goto_next_sibling() {
            continue;
        }
        loop {
            if !cursor.goto_parent() {
                return (found, faults);
            }
            if cursor.goto_next_sibling() {
                break;
            }
        }
    }
}

fn is_comment(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "comment"
            | "line_comment"
            | "block_comment"
            | "multiline_comment"
            | "documentation_comment"
    )
}

/// The children of a node that are not comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The children in a field of a node.
fn in_field<'t>(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(field, &mut cursor)
        .filter(|child| child.is_named() && !is_comment(*child))
        .collect()
}

/// The text of a field, or nothing.
fn field_text<'s>(builder: &Builder<'s>, node: Node<'_>, field: &str) -> &'s str {
    node.child_by_field_name(field).map_or("", |child| builder.text_of(child.byte_range()))
}

fn number(written: &str) -> Kind {
    let digits: String = written.chars().filter(|c| *c != '_').collect();
    let digits = digits.trim_end_matches(['L', 'l', 'u', 'U', 'm', 'M']);
    let parsed = match digits.get(..2) {
        Some("0x" | "0X") => {
            u32::from_str_radix(digits.get(2..).unwrap_or_default(), 16).ok().map(f64::from)
        }
        _ => digits.trim_end_matches('n').parse().ok(),
    };
    parsed.map_or_else(|| Kind::Other(Vec::new()), Kind::Number)
}

/// `a + b`: a string if either side is one.
fn binary(builder: &Builder<'_>, operator: &str, left: Id, right: Id) -> Kind {
    let is_text = |id| matches!(builder.model().kind(id), Kind::Text(_) | Kind::Template(_));
    if operator == "+" && (is_text(left) || is_text(right)) {
        let mut parts = Vec::new();
        for side in [left, right] {
            match builder.model().kind(side) {
                Kind::Template(inner) => parts.extend(inner.iter().copied()),
                _ => parts.push(side),
            }
        }
        return Kind::Template(parts);
    }
    Kind::Binary(operator.to_owned(), left, right)
}

/// `not True`, `!0`: known, where what is negated is.
fn negation(builder: &Builder<'_>, what: Id) -> Kind {
    match builder.model().kind(what) {
        Kind::Bool(value) => Kind::Bool(!value),
        Kind::Number(number) => Kind::Bool(*number == 0.0),
        _ => Kind::Other(vec![what]),
    }
}

/// A string of pieces: plain if none is a hole.
fn template(builder: &Builder<'_>, parts: Vec<Id>) -> Kind {
    let mut plain = String::new();
    for part in &parts {
        match builder.model().kind(*part) {
            Kind::Text(text) => plain.push_str(text),
            _ => return Kind::Template(parts),
        }
    }
    Kind::Text(plain)
}

/// Binds `targets` to `values`, one to one where they are as many.
fn bind_each(builder: &mut Builder<'_>, targets: &[Id], values: &[Id]) {
    for (index, target) in targets.iter().enumerate() {
        let binding = match values {
            [one] if index == 0 => Binding::Value(*one),
            [one] => Binding::Part(*one, format!("#{index}")),
            many if many.len() == targets.len() => {
                many.get(index).map_or(Binding::Unknown, |value| Binding::Value(*value))
            }
            _ => Binding::Unknown,
        };
        builder.assigned(*target, binding);
    }
}
