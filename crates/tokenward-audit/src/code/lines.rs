//! Where lines begin, and what of them is shown.

use std::ops::Range;

use super::mask;
use crate::finding::{Edit, Frame};
use crate::rules::{Change, Hit};

/// As long as a line is shown.
const MAX_SHOWN: usize = 160;
/// As much of a long line is shown before what was found.
const BEFORE: usize = 40;
/// As many characters of a line are looked at, around the mark.
const WIDE: usize = 1_024;
/// As many bytes before what was found are looked at for secrets, and four times as many behind.
const NEAR: usize = 8_192;
/// As many lines of a finding are shown.
const MAX_LINES: usize = 6;
/// What stands where a line was cut.
const CUT: char = '…';

/// A text by its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// Secrets, which no frame shows, in order and apart.
    hidden: Vec<Range<usize>>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Self { text, starts: std::iter::once(0).chain(after).collect(), hidden: Vec::new() }
    }

    /// The line of a byte, from 1.
    pub(super) fn number(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte)
    }

    /// The line and the column of a byte, both from 1.
    pub(super) fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.number(byte);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied();
        let before = self.text.get(start.unwrap_or(0)..byte).unwrap_or_default();
        (line, before.chars().count().saturating_add(1))
    }

    pub(super) fn edit(&self, change: Change) -> Edit {
        let (line, column) = self.position(change.span.start);
        let (end_line, end_column) = self.position(change.span.end);
        Edit { bytes: change.span, line, column, end_line, end_column, text: change.text }
    }

    /// The text of a line, from 1.
    pub(super) fn line(&self, line: usize) -> &'t str {
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied();
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = start.and_then(|start| self.text.get(start..end)).unwrap_or_default();
        text.trim_end_matches(['\n', '\r'])
    }

    /// Keeps secrets out of all frames: those that were found, as a line may be shown for another finding, too, and
    /// whatever else looks like one in the lines that are shown.
    pub(super) fn hide(&mut self, hits: &[Hit], is_code: bool) {
        let mut found: Vec<_> = hits.iter().flat_map(|hit| mask::secrets(self.text, hit)).collect();
        if !hits.is_empty() {
            found.extend(mask::keys(self.text));
        }
        for part in joined(hits.iter().map(|hit| self.seen(hit)).collect()) {
            found.extend(mask::anywhere(self.text, part, is_code));
        }
        self.hidden = joined(found);
    }

    /// What may be shown for a hit, with the line before it, in which a name may stand.
    fn seen(&self, hit: &Hit) -> Range<usize> {
        let first = self.number(hit.span.start);
        let last = self.number(hit.span.end);
        let last = last.min(first.saturating_add(MAX_LINES));
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        // Of a long line, no more is shown than what is around the hit, or its beginning.
        let start = at(first.saturating_sub(2)).max(hit.span.start.saturating_sub(NEAR));
        let most = hit.span.start.saturating_add(NEAR.saturating_mul(4));
        mask::boundary(self.text, start)..mask::boundary(self.text, at(last).min(most))
    }

    /// Where a hit begins, once its line's indentation is passed over.
    pub(super) fn past_space(&self, span: &Range<usize>) -> usize {
        let text = self.text.get(span.clone()).unwrap_or_default();
        let signs = text.trim_start_matches([' ', '\t']);
        let is_blank = signs.is_empty() || signs.starts_with(['\r', '\n']);
        let space = if is_blank { 0 } else { text.len().saturating_sub(signs.len()) };
        span.start.saturating_add(space)
    }

    /// The lines of a finding, with a mark below what was found in the first.
    pub(super) fn frame(&self, first: (usize, usize), last: (usize, usize)) -> Frame {
        let end = last.0.min(first.0.saturating_add(MAX_LINES).saturating_sub(1));
        let start = first.1.saturating_sub(1);
        let end_of_mark = if last.0 == first.0 { last.1.saturating_sub(1) } else { usize::MAX };
        let shown = self.shown(first.0, start..end_of_mark);
        let below = (first.0.saturating_add(1)..=end).map(|line| self.shown(line, 0..0).0);
        let lines = std::iter::once(shown.0).chain(below).collect();
        Frame { first: first.0, lines, mark: shown.1 }
    }

    /// A line without its secrets, cut where it is long to what is around `mark`, and where that is then.
    fn shown(&self, line: usize, mark: Range<usize>) -> (String, Range<usize>) {
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied();
        let start = start.unwrap_or(self.text.len());
        let text = self.line(line);
        // Of a long line, what is shown in the end stands around the mark.
        let first = if text.len() > WIDE { mark.start.saturating_sub(MAX_SHOWN) } else { 0 };
        let mut out: Vec<char> = if first > 0 { vec![CUT] } else { Vec::new() };
        let (mut from, mut to, mut masked) = (None, None, None::<usize>);
        for (column, (at, c)) in text.char_indices().enumerate().skip(first).take(WIDE) {
            let at = at.saturating_add(start);
            if column >= mark.start {
                from = from.or(Some(out.len()));
            }
            if column >= mark.end {
                to = to.or(Some(out.len()));
            }
            let next = self.hidden.partition_point(|hidden| hidden.end <= at);
            let hidden = self.hidden.get(next).filter(|hidden| hidden.contains(&at));
            match hidden {
                None => {
                    masked = None;
                    out.push(c);
                }
                // One sign stands for all of it.
                Some(hidden) if masked != Some(hidden.start) => {
                    masked = Some(hidden.start);
                    out.push(CUT);
                }
                Some(_) => {}
            }
        }
        let from = from.unwrap_or(out.len());
        let to = to.unwrap_or(out.len()).max(from);
        // A setting is found as a whole line, with what it is indented by.
        let found = out.get(from..to).unwrap_or_default();
        let blank = found.iter().take_while(|c| c.is_whitespace()).count();
        let from = from.saturating_add(blank).min(to);
        cut(&out, from..to)
    }
}

/// Ranges in order and apart: what is in several is looked at once.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// At most [`MAX_SHOWN`] characters of a line, with a little of what stands before the mark.
fn cut(line: &[char], mark: Range<usize>) -> (String, Range<usize>) {
    if line.len() <= MAX_SHOWN {
        return (line.iter().collect(), mark);
    }
    // The end of a line shows more than nothing behind it.
    let latest = line.len().saturating_sub(MAX_SHOWN);
    let skip = if mark.start.saturating_add(BEFORE) < MAX_SHOWN {
        0
    } else {
        mark.start.saturating_sub(BEFORE).min(latest)
    };
    let mut shown: String = line.iter().skip(skip).take(MAX_SHOWN).collect();
    if skip.saturating_add(MAX_SHOWN) < line.len() {
        shown.push(CUT);
    }
    let shift = if skip > 0 {
        shown.insert(0, CUT);
        skip.saturating_sub(1)
    } else {
        0
    };
    let most = shown.chars().count();
    let moved = |at: usize| at.saturating_sub(shift).min(most);
    (shown, moved(mark.start)..moved(mark.end))
}
