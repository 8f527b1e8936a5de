//! Hands a text to the parser piece by piece, and counts what it takes.
//!
//! Where a grammar looks for the end of a string or a comment that has none, it reads on to the end of the file, at
//! every place anew. The parser counts its own steps, not those bytes.

use std::cell::Cell;

use crate::language::Language;

/// Bytes that are handed over at once. What is read of a piece counts as the whole.
const PIECE: usize = 4096;
/// How many bytes may be taken: a fixed part, and so many for each byte of the text. What people write takes three
/// for each, and thirty where it is short.
const MOST: (usize, usize) = (8_000_000, 16);

/// A text that is being read by a parser.
pub(super) struct Feed<'t> {
    text: &'t str,
    left: Cell<usize>,
    is_spent: Cell<bool>,
    /// Where the line end stands that was handed over in place of the text.
    ended: Cell<Option<usize>>,
}

impl<'t> Feed<'t> {
    pub(super) fn new(text: &'t str, language: Language) -> Self {
        let left = text.len().saturating_mul(MOST.1).saturating_add(MOST.0);
        // Kotlin's grammar goes over an annotation to the blank behind it, and over the end of a file that has none,
        // for ever.
        let ended = (language == Language::Kotlin).then_some(usize::MAX);
        Self { text, left: Cell::new(left), is_spent: Cell::new(false), ended: Cell::new(ended) }
    }

    /// The piece that begins at a place; nothing at the end, or once it was too much.
    pub(super) fn piece(&self, from: usize) -> &'t [u8] {
        let piece = self.rest(from);
        match self.left.get().checked_sub(piece.len()) {
            Some(left) if !self.is_spent.get() => {
                self.left.set(left);
                if piece.is_empty() && self.ended.get().is_some() {
                    self.line_end(from)
                } else {
                    piece
                }
            }
            _ => {
                self.is_spent.set(true);
                self.line_end(from)
            }
        }
    }

    /// Whether the parser has read more than any file is worth.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    fn rest(&self, from: usize) -> &'t [u8] {
        let mut end = from.saturating_add(PIECE).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end = end.saturating_add(1);
        }
        self.text.as_bytes().get(from..end).unwrap_or_default()
    }

    /// A line end, and then the end: what waits for the one does not see the other.
    fn line_end(&self, from: usize) -> &'static [u8] {
        if self.ended.get().is_some_and(|at| at.checked_add(1) == Some(from)) {
            return b"";
        }
        self.ended.set(Some(from));
        b"\n"
    }
}
