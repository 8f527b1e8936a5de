//! Server-sent events, read from chunks as they come (WHATWG HTML § 9.2).
//!
//! What we have no use for (`id`, `retry`, comments) is skipped: positions come from the messages
//! themselves.
//!
//! **Invariant:** however the bytes are cut, the events are the same, and no more than the limit is
//! held for one event.

#[cfg(test)]
mod tests;

/// Turns bytes into events.
#[derive(Debug)]
pub(crate) struct Parser {
    limit: usize,
    line: Vec<u8>,
    name: Vec<u8>,
    data: Option<Vec<u8>>,
    after_cr: bool,
    at_start: bool,
}

/// One event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Event {
    /// Its `event` field, `message` if it had none.
    pub(crate) name: String,
    /// Its `data` lines, joined by line feeds.
    pub(crate) data: Vec<u8>,
}

/// An event is longer than the limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an event is longer than {limit} bytes")]
pub(crate) struct TooLong {
    limit: usize,
}

impl Parser {
    /// A parser that holds at most `limit` bytes for one event.
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            name: Vec::new(),
            data: None,
            after_cr: false,
            at_start: true,
        }
    }

    /// The events that `chunk` completes.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        for &byte in chunk {
            match byte {
                // A line feed right after a carriage return ended that line already.
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                _ => self.line.push(byte),
            }
            self.after_cr = byte == b'\r';
            let held = self.data.as_ref().map_or(0, Vec::len);
            if self.line.len().saturating_add(held) > self.limit {
                return Err(TooLong { limit: self.limit });
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) if self.at_start => rest,
            _ => &line,
        };
        self.at_start = false;
        if line.is_empty() {
            return self.dispatch();
        }
        let mut parts = line.splitn(2, |&byte| byte == b':');
        let field = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => value.clone_into(&mut self.name),
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = self.data.take()?;
        let name = if name.is_empty() { b"message".to_vec() } else { name };
        Some(Event { name: String::from_utf8_lossy(&name).into_owned(), data })
    }
}
