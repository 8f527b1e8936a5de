//! The lines of a file that names what to revoke.

use std::io::{self, BufRead};

use tokenward::{Jti, SessionId, Subject};
use tokenward_server::admin::api::{MAX_BATCH, RevokeItem};

#[cfg(test)]
mod tests;

/// Longer than any line that names an id.
const MAX_LINE: usize = 4_096;

/// The lines of a file, in batches that one request takes.
pub(super) struct Lines<R> {
    reader: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The number of the last line that was read, from 1.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// The next items, at most as many as one request takes, and the bytes they stood in.
    pub(super) fn batch(&mut self) -> Result<(Vec<RevokeItem>, u64), String> {
        let mut items = Vec::new();
        let mut read: u64 = 0;
        let mut line = Vec::new();
        while items.len() < MAX_BATCH {
            line.clear();
            let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
            let mut capped = io::Read::take(&mut self.reader, most);
            let taken = capped.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
            if taken == 0 {
                break;
            }
            self.number = self.number.saturating_add(1);
            read = read.saturating_add(u64::try_from(taken).unwrap_or(0));
            if taken == MAX_LINE && line.last() != Some(&b'\n') {
                return Err(format!("the line is longer than {MAX_LINE} bytes"));
            }
            let text =
                std::str::from_utf8(&line).map_err(|_| "this is no UTF-8 text".to_owned())?;
            // Some editors begin a file with a mark of its byte order.
            let mark = if self.number == 1 { text.strip_prefix('\u{feff}') } else { None };
            items.extend(item(mark.unwrap_or(text))?);
        }
        Ok((items, read))
    }
}

/// One line: `jti ID`, `sid ID`, `sub ID`, or the same as JSON; `None` for an empty one or a comment.
fn item(line: &str) -> Result<Option<RevokeItem>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let item = if line.starts_with('{') {
        serde_json::from_str(line)
            .map_err(|_| "write one id as text, for example {\"sid\": \"ID\"}".to_owned())?
    } else {
        match line.split_once(char::is_whitespace).map(|(kind, id)| (kind, id.trim().to_owned())) {
            Some(("jti", id)) => RevokeItem::Jti(id),
            Some(("sid", id)) => RevokeItem::Sid(id),
            Some(("sub", id)) => RevokeItem::Sub(id),
            _ => return Err("write `jti ID`, `sid ID` or `sub ID`".to_owned()),
        }
    };
    // Checked here, so that a bad line is known by its number and not by its batch.
    check(&item)?;
    Ok(Some(item))
}

/// Whether the id can be one at all; what is wrong otherwise, without the id.
pub(super) fn check(item: &RevokeItem) -> Result<(), String> {
    let (RevokeItem::Jti(id) | RevokeItem::Sid(id) | RevokeItem::Sub(id)) = item;
    if id.starts_with("eyJ") && id.matches('.').count() == 2 {
        let mend = "take its `jti` from `tokenward token inspect -`";
        return Err(format!("that is a whole token; {mend}"));
    }
    // A subject may well have it in its name.
    if !matches!(item, RevokeItem::Sub(_)) && id.contains(" #") {
        return Err("a comment begins its line with `#`".to_owned());
    }
    match item {
        RevokeItem::Jti(id) => Jti::new(id.as_str()).map(drop),
        RevokeItem::Sid(id) => SessionId::new(id.as_str()).map(drop),
        RevokeItem::Sub(id) => Subject::new(id.as_str()).map(drop),
    }
    .map_err(|error| error.to_string())
}
