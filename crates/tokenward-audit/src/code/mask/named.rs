//! Secrets that are known by what they are called: `password: "…"`, `client_secret=…`, `sign(claims, "…")`.

use std::ops::Range;

use super::pieces::{Kind, Piece, pieces};
use super::vocabulary::{Called, asks, called, is_call, is_no_secret, names_another};

/// As many pieces behind a name belong to its value.
const MOST: usize = 256;
/// What is shorter sets nothing.
const SHORTEST: usize = 5;
/// As long as a name may be.
const MAX_NAME: usize = 100;

/// The bytes of a part of `text` that are the values of such names.
pub(super) fn secrets(text: &str, part: Range<usize>, is_code: bool) -> Vec<Range<usize>> {
    let (mut found, pieces) = read(text, part, is_code, false);
    for piece in pieces {
        // What stands in quotes and in comments is read as settings are.
        let is_inner = piece.kind == Kind::Text && piece.at.len() >= SHORTEST;
        if is_inner || piece.kind == Kind::Comment {
            let (more, inside) = read(text, piece.at, false, is_inner);
            found.extend(more);
            // JSON in a text of code has texts of its own.
            let texts = inside.into_iter().filter(|one| is_code && one.kind == Kind::Text);
            found.extend(texts.flat_map(|one| read(text, one.at, false, true).0));
        }
    }
    found
}

fn read(
    text: &str,
    part: Range<usize>,
    is_code: bool,
    is_inner: bool,
) -> (Vec<Range<usize>>, Vec<Piece>) {
    let pieces = pieces(text, part, is_code);
    let mut reading = Reading { text, is_code, is_inner, pieces, found: Vec::new() };
    for at in 0..reading.pieces.len() {
        reading.name(at);
    }
    (reading.found, reading.pieces)
}

struct Reading<'t> {
    text: &'t str,
    is_code: bool,
    /// Whether this stands in quotes.
    is_inner: bool,
    pieces: Vec<Piece>,
    found: Vec<Range<usize>>,
}

impl<'t> Reading<'t> {
    /// What the name at this piece, if it is one of a secret, is set to.
    fn name(&mut self, at: usize) {
        let Some(piece) =
            self.pieces.get(at).filter(|one| matches!(one.kind, Kind::Word | Kind::Text))
        else {
            return;
        };
        let (kind, name) = (piece.kind, self.of(piece));
        if name.len() > MAX_NAME {
            return;
        }
        let last = name.rsplit(['.', ':']).next().unwrap_or_default();
        let mut next = at.saturating_add(1);
        let is_call = kind == Kind::Word && self.is_code && is_call(last);
        let called = called(last);
        if called == Called::Other {
            if is_call {
                self.arguments(next);
            }
            return;
        }
        while self.is(next, ']') || self.is(next, '?') {
            next = next.saturating_add(1);
        }
        // `var secret string = "…"`
        if self.is_code
            && self.kind(next) == Some(Kind::Word)
            && self.is(next.saturating_add(1), '=')
        {
            next = next.saturating_add(1);
        }
        let behind = self.sign(next);
        if behind > next {
            self.value(at, behind);
        } else if kind == Kind::Text && self.is(next, ',') && self.is_before(at, '(') {
            self.literal(next.saturating_add(1));
        } else if self.is_code && self.is(next, '(') {
            // `new JwtSecurityToken(issuer, …)`
            if called == Called::Secret || is_call {
                self.arguments(next);
            }
        } else if !self.is_code {
            self.without_sign(at, next);
        }
        self.elsewhere(at, next);
    }

    /// `ENV NAME value`, `NAME value`, `--password value`, `<name>value`, `<key>name</key> <string>value`.
    fn without_sign(&mut self, at: usize, next: usize) {
        if self.is(next, '>') && self.is_before(at, '<') {
            return self.bare(next.saturating_add(1), |c| c == '<');
        }
        if self.is(next, '<') {
            // The end of this tag, and the beginning of the next.
            let ends = (next..next.saturating_add(10)).filter(|one| self.is(*one, '>')).nth(1);
            if let Some(end) = ends {
                self.bare(end.saturating_add(1), |c| c == '<');
            }
            return;
        }
        let before = at.checked_sub(1).and_then(|before| self.pieces.get(before));
        let is_first = before.is_none_or(|one| {
            one.kind == Kind::Line
                || ["ENV", "ARG", "export", "set", "proxy_set_header"].contains(&self.of(one))
        });
        let is_option = self.pieces.get(at).is_some_and(|one| self.of(one).starts_with("--"));
        if is_option {
            self.value(at, next);
        } else if is_first && matches!(self.kind(next), Some(Kind::Word | Kind::Text)) {
            self.bare(next, |c| c == ';');
        }
    }

    /// `name="…" value="…"`, in either order.
    fn elsewhere(&mut self, at: usize, next: usize) {
        let is_named = (1..=4).any(|back| {
            let before = at.checked_sub(back).and_then(|before| self.pieces.get(before));
            before.is_some_and(|one| names_another(self.of(one)))
        });
        if !is_named {
            return;
        }
        let is_value = |one: &usize| {
            self.pieces.get(*one).is_some_and(|piece| {
                matches!(self.of(piece).to_lowercase().as_str(), "value" | "default")
            })
        };
        let is_edge = |one: &usize| ['{', '}', '<', '>'].iter().any(|sign| self.is(*one, *sign));
        let ahead = (next..next.saturating_add(8)).take_while(|one| !is_edge(one)).find(is_value);
        let back = (at.saturating_sub(12)..at).rev().take_while(|one| !is_edge(one)).find(is_value);
        for value in [ahead, back].into_iter().flatten() {
            let sign = value.saturating_add(1);
            let behind = self.sign(sign);
            if behind > sign {
                self.value(value, behind);
            }
        }
    }

    /// Behind the sign that sets or compares, or the same place where there is none.
    fn sign(&self, at: usize) -> usize {
        let is_sign = |at: usize| match self.pieces.get(at).map(|one| one.kind) {
            Some(Kind::Sign(c)) => matches!(c, '=' | ':' | '>' | '!' | '~'),
            _ => false,
        };
        let begins = self.is(at, '=') || self.is(at, ':') || self.is(at, '!');
        let mut end = at;
        while begins && is_sign(end) && end < at.saturating_add(3) {
            end = end.saturating_add(1);
        }
        let is_set = (at..end).any(|one| self.is(one, '=') || self.is(one, ':'));
        if is_set { end } else { at }
    }

    fn value(&mut self, name: usize, mut at: usize) {
        if self.is_code {
            // A block may begin behind a colon.
            let is_block = self.kind(at) == Some(Kind::Line) && self.is_before(at, ':');
            if !is_block || self.kind(at.saturating_add(1)) == Some(Kind::Text) {
                self.expression(at, false);
            }
            return;
        }
        // `key: >-`, and the value below.
        while self.is(at, '>')
            || self.is(at, '|')
            || self.pieces.get(at).is_some_and(|one| matches!(self.of(one), "-" | "+"))
        {
            at = at.saturating_add(1);
        }
        if self.kind(at) == Some(Kind::Line) {
            at = at.saturating_add(1);
            if self.sign(at.saturating_add(1)) > at.saturating_add(1)
                || self.of_at(at).starts_with('-')
            {
                return;
            }
        }
        match self.kind(at) {
            Some(Kind::Text) => self.literal(at),
            Some(Kind::Sign('[')) => {
                let end =
                    (at..at.saturating_add(MOST)).find(|one| self.is(*one, ']')).unwrap_or(at);
                (at..end).for_each(|one| self.literal(one));
            }
            Some(Kind::Sign('{') | Kind::Line) | None => {}
            // One that has the line to itself goes on to its end.
            Some(_) if !self.is_inner && self.has_line(name) => self.bare(at, |_| false),
            Some(_) => self.bare(at, |c| {
                matches!(c, ',' | ';' | '&' | '}' | ')' | ']' | '<' | '"') || c.is_whitespace()
            }),
        }
    }

    /// Whether a name is the first in its line, or behind one word such as `export`.
    fn has_line(&self, at: usize) -> bool {
        let begins =
            |at: usize| at.checked_sub(1).is_none_or(|one| self.kind(one) == Some(Kind::Line));
        let before = at.checked_sub(1);
        begins(at) || before.is_some_and(|one| self.kind(one) == Some(Kind::Word) && begins(one))
    }

    /// All from here to such a sign, or to the end of the line.
    fn bare(&mut self, at: usize, ends: impl Fn(char) -> bool) {
        let (Some(first), Some(last)) = (self.pieces.get(at), self.pieces.last()) else { return };
        let rest = self.text.get(first.at.start..last.at.end.max(first.at.end)).unwrap_or_default();
        let value = rest.split(|c| c == '\n' || ends(c)).next().unwrap_or_default().trim_end();
        let start = first.at.start;
        // What is behind it may be a comment.
        let word = value.split([',', '#']).next().unwrap_or_default().trim_end();
        if !value.is_empty() && !is_no_secret(word) && !super::is_variable(value) {
            self.found.push(start..start.saturating_add(value.len()));
        }
    }

    /// The text in quotes that stands here, if one does.
    fn literal(&mut self, at: usize) {
        let Some(piece) = self.pieces.get(at).filter(|one| one.kind == Kind::Text) else { return };
        let text = self.of(piece);
        if !text.is_empty() && !is_no_secret(text) && !super::is_variable(text) {
            self.found.push(piece.at.clone());
        }
    }

    /// `(…)`, or what stands there without brackets, as in Ruby.
    fn arguments(&mut self, at: usize) {
        if self.is(at, '(') {
            self.expression(at.saturating_add(1), true);
        } else if matches!(self.kind(at), Some(Kind::Text | Kind::Word))
            && self.sign(at.saturating_add(1)) == at.saturating_add(1)
        {
            self.expression(at, true);
        }
    }

    /// All texts in an expression that are no names: those of keys, arguments with a name, and in braces, which
    /// have names of their own.
    fn expression(&mut self, from: usize, is_list: bool) {
        let (mut depth, mut at) = (0_usize, from);
        // Where an argument has a name that is no secret's, and how deep; and whether a choice is open.
        let (mut named, mut is_choice) = (None, false);
        while at < from.saturating_add(MOST) {
            let Some(kind) = self.kind(at) else { return };
            match kind {
                Kind::Sign('{') => at = self.closing(at),
                Kind::Sign('(' | '[') => depth = depth.saturating_add(1),
                Kind::Sign(')' | ']' | '}') if depth == 0 => return,
                Kind::Sign(')' | ']') => {
                    depth = depth.saturating_sub(1);
                    named = named.filter(|deep| *deep <= depth);
                }
                Kind::Sign(';') => return,
                Kind::Sign(',') if depth == 0 && !is_list => return,
                Kind::Sign(',') => {
                    named = named.filter(|deep| *deep < depth);
                    is_choice = false;
                }
                Kind::Sign('?') => is_choice = true,
                Kind::Line if depth == 0 && at > from && !is_list && !self.goes_on(at) => return,
                Kind::Word
                    if (is_list || depth > 0)
                        && named.is_none()
                        && self.is_argument(at, is_choice) =>
                {
                    named = Some(depth);
                }
                Kind::Text if named.is_none() && self.is_key(at, is_choice) => named = Some(depth),
                Kind::Text if named.is_none() && !self.is_name(at) => self.literal(at),
                _ => {}
            }
            at = at.saturating_add(1);
        }
    }

    fn closing(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for one in at..at.saturating_add(MOST) {
            if self.is(one, '{') {
                depth = depth.saturating_add(1);
            } else if self.is(one, '}') {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return one;
                }
            }
        }
        at.saturating_add(MOST)
    }

    /// Whether an expression goes on behind the end of this line.
    fn goes_on(&self, at: usize) -> bool {
        let is_joint =
            |at: usize| ['+', '?', ':', '|', '&', '='].iter().any(|sign| self.is(at, *sign));
        at.checked_sub(1).is_some_and(is_joint) || is_joint(at.saturating_add(1))
    }

    /// `name=` and `name:` of an argument.
    fn is_argument(&self, at: usize, is_choice: bool) -> bool {
        let next = at.saturating_add(1);
        let is_set = self.is(next, '=') && !self.is(next.saturating_add(1), '=');
        is_set || self.is(next, ':') && !is_choice && !self.is(next.saturating_add(1), ':')
    }

    /// `'name' =>` and `"name":`.
    fn is_key(&self, at: usize, is_choice: bool) -> bool {
        let next = at.saturating_add(1);
        self.is(next, '=') && self.is(next.saturating_add(1), '>')
            || self.is(next, ':') && !is_choice
    }

    /// Whether a text is the name of something: in brackets behind what is asked, or asked for by a call.
    fn is_name(&self, at: usize) -> bool {
        let text = self.of_at(at);
        if text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            return true;
        }
        let Some(before) = at.checked_sub(1) else { return false };
        let owner = before.checked_sub(1).and_then(|owner| self.pieces.get(owner));
        let Some(owner) = owner else { return false };
        if self.is(before, '[') {
            let touches =
                self.pieces.get(before).is_some_and(|bracket| bracket.at.start == owner.at.end);
            return touches && (owner.kind == Kind::Word || owner.is(')') || owner.is(']'));
        }
        self.is(before, '(') && asks(self.of(owner))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.pieces.get(at).map(|one| one.kind)
    }

    fn is(&self, at: usize, sign: char) -> bool {
        self.pieces.get(at).is_some_and(|one| one.is(sign))
    }

    fn is_before(&self, at: usize, sign: char) -> bool {
        at.checked_sub(1).is_some_and(|before| self.is(before, sign))
    }

    fn of(&self, piece: &Piece) -> &'t str {
        self.text.get(piece.at.clone()).unwrap_or_default()
    }

    fn of_at(&self, at: usize) -> &'t str {
        self.pieces.get(at).map_or("", |piece| self.of(piece))
    }
}
