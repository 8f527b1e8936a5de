//! What a diff without context says: which lines of which files are new.
//!
//! The lines of a change are counted, as they may read like the head of another file.

use std::ffi::OsString;
use std::io::{self, BufRead, Read as _};
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

#[cfg(test)]
mod tests;

/// As much of a line as is read: four signs for each byte of the longest path.
const LINE: u64 = 32 << 10;

/// The lines that are new, each with their file.
pub(super) type Changes = Vec<(PathBuf, RangeInclusive<usize>)>;

/// Reads a diff that has no context and the prefixes `a/` and `b/`.
pub(super) fn changes(said: &mut dyn BufRead) -> io::Result<Changes> {
    let mut changes = Vec::new();
    let mut file = None;
    let mut line = Vec::new();
    while next(said, &mut line)? {
        if line.starts_with(b"diff --git ") {
            file = None;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            file = path(name);
        } else if let Some(hunk) = std::str::from_utf8(head(&line)).ok().and_then(Hunk::parse) {
            if let (Some(file), Some(lines)) = (&file, hunk.lines()) {
                changes.push((file.clone(), lines));
            }
            skip(said, &hunk, &mut line)?;
        }
    }
    Ok(changes)
}

/// The next line, without its end; whether there is one.
fn next(said: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    said.take(LINE).read_until(b'\n', line)?;
    let is_there = !line.is_empty();
    if line.pop_if(|last| *last == b'\n').is_none() {
        skip_line(said)?;
    }
    Ok(is_there)
}

fn skip_line(said: &mut dyn BufRead) -> io::Result<()> {
    said.skip_until(b'\n').map(|_| ())
}

/// Goes on behind the lines of a change.
fn skip(said: &mut dyn BufRead, hunk: &Hunk, line: &mut Vec<u8>) -> io::Result<()> {
    let mut left = hunk.old.saturating_add(hunk.count);
    while left > 0 && next(said, line)? {
        match line.first() {
            Some(b'+' | b'-') => left = left.saturating_sub(1),
            // `\ No newline at end of file` is no line of it.
            Some(b'\\') => {}
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no diff")),
        }
    }
    Ok(())
}

/// `@@ -1,2 +3,4 @@` without the line of code that may stand behind it, in whatever encoding.
fn head(line: &[u8]) -> &[u8] {
    let end = line.iter().skip(2).position(|byte| *byte == b'@');
    end.and_then(|end| line.get(..end.saturating_add(4))).unwrap_or_default()
}

/// How many lines go, which come, and how many.
struct Hunk {
    old: usize,
    first: usize,
    count: usize,
}

impl Hunk {
    fn parse(line: &str) -> Option<Self> {
        let (old, new) = line.strip_prefix("@@ -")?.split_once(" +")?;
        let new = new.strip_suffix(" @@")?;
        let count = |range: &str| -> Option<(usize, usize)> {
            let (first, count) = range.split_once(',').unwrap_or((range, "1"));
            Some((first.parse().ok()?, count.parse().ok()?))
        };
        let (first, new) = count(new)?;
        Some(Self { old: count(old)?.1, first, count: new })
    }

    /// The new lines; none where lines were only taken away.
    fn lines(&self) -> Option<RangeInclusive<usize>> {
        let last = self.first.saturating_add(self.count).checked_sub(1)?;
        (self.count > 0).then_some(self.first..=last)
    }
}

/// The path in `b/src/app.py`, or in `"b/a\"b.py"`, as git writes unusual ones.
fn path(name: &[u8]) -> Option<PathBuf> {
    let name = match name.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted.strip_suffix(b"\"")?)?,
        // A tab marks the end of a name with spaces; one of the name itself would be quoted.
        None => name.strip_suffix(b"\t").unwrap_or(name).to_vec(),
    };
    Some(PathBuf::from(OsString::from_vec(name.strip_prefix(b"b/")?.to_vec())))
}

/// What stands between quotes, with the escapes of C.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next()? {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            first @ b'0'..=b'3' => {
                let digits = [first, bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
            }
            other => other,
        });
    }
    Some(out)
}
