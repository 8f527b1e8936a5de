//! Settings as people write them: `KEY=value`, `key: value`, `"key": "value"`, `ENV KEY value`, `<add key value>`,
//! `{key: value, …}`, each with what is around it.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// A setting.
#[derive(Debug)]
pub(super) struct Setting<'t> {
    /// Its name, after those around it: `spring.security.jwt.secret`.
    pub(super) path: String,
    pub(super) value: &'t str,
    /// Whether it stands in quotes.
    pub(super) quoted: bool,
    /// The line.
    pub(super) span: Range<usize>,
}

impl Setting<'_> {
    /// The last part of its name.
    pub(super) fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }
}

/// Deeper, nobody nests settings.
const MAX_DEPTH: usize = 32;
/// As many parts of a name are kept, the last ones.
const MAX_PARTS: usize = 8;
/// Longer, no part of a name is.
const MAX_KEY: usize = 128;
/// More in one file are data.
pub(super) const MAX_SETTINGS: usize = 50_000;
/// What is behind this in a line is data, but for objects: whole files of JSON are one line.
const MAX_LINE: usize = 4096;
/// What may stand before a setting: in lists, shells and Dockerfiles.
const BEFORE: [&str; 5] = ["- ", "export ", "ENV ", "ARG ", "set "];

/// All lines, with where each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0_usize;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at = at.saturating_add(line.len());
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// At most so many bytes of a text.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    let fits = |less: usize| text.get(..most.checked_sub(less)?);
    // No character has more bytes.
    (0..4).find_map(fits).unwrap_or(text)
}

/// A line of YAML without a comment after it.
pub(super) fn uncommented(line: &str) -> &str {
    line.split_once(" #").map_or(line, |(line, _)| line).trim_end()
}

/// All settings of a text.
pub(super) fn settings(text: &str) -> Vec<Setting<'_>> {
    read(text).found
}

/// Whether a text has more settings than are read.
pub(super) fn is_cut(text: &str) -> bool {
    // Each has a sign of its own.
    text.bytes().filter(|byte| matches!(byte, b'=' | b':')).count() > MAX_SETTINGS
        && read(text).is_cut
}

fn read(text: &str) -> Reader<'_> {
    let mut reader = Reader::default();
    for (start, whole) in lines(text) {
        let line = beginning(whole, MAX_LINE);
        let inner = line.trim_start();
        let pending = reader.pending.take();
        reader.pending = pending.and_then(|open| open.read(&mut reader.found, (start, line)));
        if inner.is_empty() || inner.starts_with(['#', ';', '/']) {
            continue;
        }
        if whole.len() > line.len() && inner.starts_with(['{', '[']) {
            reader.flow(whole, Some(start));
            continue;
        }
        reader.span = start..start.saturating_add(line.len());
        let indent = line.len().saturating_sub(inner.len());
        if inner.starts_with('<') {
            reader.attributes(inner);
        } else {
            reader.line(indent, inner);
        }
    }
    reader
}

#[derive(Default)]
struct Reader<'t> {
    found: Vec<Setting<'t>>,
    /// What is open around this line, with how far it is indented.
    around: Vec<(usize, &'t str)>,
    /// Kubernetes: `- name: KEY`, and `value: …` after it.
    named: &'t str,
    /// What may have its value on the next line.
    pending: Option<Open>,
    span: Range<usize>,
    is_cut: bool,
}

impl<'t> Reader<'t> {
    fn line(&mut self, indent: usize, inner: &'t str) {
        self.around.retain(|(outer, _)| *outer < indent);
        let rest = BEFORE.iter().fold(inner, |rest, word| rest.trim_start_matches(word));
        let rest = rest.trim_start();
        if rest.len() < inner.len() && inner.starts_with("ENV ") && !rest.contains('=') {
            // The older form, without `=`.
            if let Some((key, value)) = rest.split_once(' ') {
                self.take(&[], key, value);
            }
            return;
        }
        if rest.contains("docker ") {
            self.arguments(rest);
        }
        if let Some(name) = rest.strip_prefix("variable ").map(|rest| rest.trim_end_matches('{')) {
            self.open(indent, name.trim().trim_matches('"'));
            return;
        }
        if rest.contains("\"--") {
            self.options(rest);
        }
        if is_flow(rest) {
            self.flow(rest, None);
            return;
        }
        let Some((key, value)) = split(rest) else { return };
        if indent == 0 {
            self.command(value);
        }
        if self.take(&[], key, value) {
            self.open(indent, key);
        }
        self.pending = Open::at(self.found.len(), indent, bare(value).0, inner);
    }

    fn open(&mut self, indent: usize, key: &'t str) {
        if self.around.len() < MAX_DEPTH {
            self.around.push((indent, key));
        }
    }

    /// Takes a setting, below what is open and `inside`; false for the value of what was named before.
    fn take(&mut self, inside: &[&str], key: &str, value: &'t str) -> bool {
        let (value, quoted) = bare(value);
        let span = self.span.clone();
        match key {
            "name" => self.named = value,
            "value" if !self.named.is_empty() => {
                let path = std::mem::take(&mut self.named).to_owned();
                self.found.push(Setting { path, value, quoted, span });
                return false;
            }
            _ => {}
        }
        if self.found.len() >= MAX_SETTINGS {
            self.is_cut = true;
            return true;
        }
        let mut path: Vec<&str> = self.around.iter().map(|(_, key)| *key).collect();
        path.extend(inside.iter().filter(|key| !key.is_empty()));
        path.push(key);
        path.drain(..path.len().saturating_sub(MAX_PARTS));
        self.found.push(Setting { path: path.join("."), value, quoted, span });
        true
    }

    /// `{name: KEY, value: …}`, `{"jwt": {"secret": "…"}}` in one line. Of one that is long, with its place, each
    /// setting has its own.
    fn flow(&mut self, line: &'t str, place: Option<usize>) {
        let mut open: Vec<&'t str> = Vec::new();
        let (mut start, mut quote, mut is_escaped) = (0_usize, None, false);
        for (at, c) in line.char_indices().chain([(line.len(), ',')]) {
            let was_escaped = is_escaped;
            is_escaped = c == '\\' && !was_escaped && quote == Some('"');
            match (quote, c) {
                (Some(one), _) if c == one && !was_escaped => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, '{' | '[' | '}' | ']' | ',') => {
                    let part = line.get(start..at).unwrap_or_default().trim();
                    let pair = split(part);
                    if let Some(place) = place {
                        self.span = place.saturating_add(start)..place.saturating_add(at);
                    }
                    if matches!(c, '{' | '[') {
                        if open.len() >= MAX_DEPTH {
                            return;
                        }
                        if let Some((key, value)) = pair {
                            self.take(&open, key, value);
                        }
                        open.push(pair.map_or("", |(key, _)| key));
                    } else {
                        if let Some((key, value)) = pair {
                            self.take(&open, key, value);
                        }
                        if c != ',' {
                            open.pop();
                        }
                    }
                    start = at.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    /// `docker run -e KEY=value`.
    fn arguments(&mut self, line: &'t str) {
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            if matches!(word, "-e" | "--env")
                && let Some((key, value)) = words.next().and_then(split)
            {
                self.take(&[], key, value);
            }
        }
    }

    /// `web: KEY=value node app.js`, as Procfiles have it.
    fn command(&mut self, line: &'t str) {
        let mut words = line.split_whitespace().peekable();
        while let Some((key, value)) = words.next().and_then(split) {
            let is_variable =
                key.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
            if !is_variable || words.peek().is_none() {
                return;
            }
            self.take(&[], key, value);
        }
    }

    /// `command: ["--key", "value", "--other=value"]`
    fn options(&mut self, line: &'t str) {
        let items = line.split(['[', ']', ',']).map(|item| item.trim().trim_matches(['"', '\'']));
        let mut items = items.peekable();
        while let Some(item) = items.next() {
            let Some(option) = item.strip_prefix("--") else { continue };
            let pair = option.split_once('=').or_else(|| {
                let value = items.next_if(|next| !next.starts_with('-'))?;
                Some((option, value))
            });
            if let Some((key, value)) = pair {
                self.take(&[], key, value);
            }
        }
    }

    /// `<add key="KEY" value="…"/>`, `<entry key="KEY">…</entry>`.
    fn attributes(&mut self, line: &'t str) {
        let attribute = |name: &str| {
            let (_, rest) = line.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        };
        let Some(key) = attribute("key").or_else(|| attribute("name")) else { return };
        let inner = || line.split_once('>')?.1.split_once("</").map(|(inner, _)| inner);
        if let Some(value) = attribute("value").or_else(inner) {
            let span = self.span.clone();
            self.found.push(Setting { path: key.to_owned(), value, quoted: true, span });
        }
    }
}

/// Whether a line holds a whole object, and not only its beginning, nor `${…}` or `{{…}}`.
fn is_flow(line: &str) -> bool {
    let line = line.trim_end_matches(['{', '[', ' ']);
    line.match_indices('{').any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        let after = line.get(at.saturating_add(1)..).unwrap_or_default();
        !before.ends_with(['$', '{', '%', '#']) && !after.starts_with('{')
    })
}

/// A setting whose value may stand on the next line.
struct Open {
    /// Where it is in what was found.
    at: usize,
    indent: usize,
    /// A mark said that what follows is its value, whatever it looks like.
    is_marked: bool,
    /// It has its line: one more, and it is a text and no secret.
    is_full: bool,
    /// What ends it, in TOML: `"""`.
    quote: Option<&'static str>,
}

impl Open {
    /// `key: |`, `key: >-`, `key:`, and `key=\` of properties.
    fn at(found: usize, indent: usize, value: &str, written: &str) -> Option<Self> {
        let is_block = value.is_empty() && written.trim_end().ends_with(['>', ':']);
        let is_marked = matches!(value, "|" | "|-" | "|+" | "-" | "+" | "\\")
            || is_block && written.trim_end().ends_with('>');
        let at = found.checked_sub(1)?;
        let is_open = |quote: &&str| value.is_empty() && written.trim_end().ends_with(quote);
        let quote = ["\"\"\"", "'''"].into_iter().find(is_open);
        let is_one = is_marked || is_block || quote.is_some();
        is_one.then_some(Self { at, indent, is_marked, is_full: false, quote })
    }

    fn read<'t>(
        mut self,
        found: &mut [Setting<'t>],
        (start, line): (usize, &'t str),
    ) -> Option<Self> {
        let inner = line.trim();
        if inner.is_empty() {
            return Some(self);
        }
        if let Some(quote) = self.quote {
            return self.read_quoted(found, (start, line), quote);
        }
        let indent = line.len().saturating_sub(line.trim_start().len());
        let is_other =
            !self.is_marked && (split(inner).is_some() || inner.starts_with(['-', '{', '[', '#']));
        if indent <= self.indent || is_other || line.len() > MAX_LINE {
            return None;
        }
        let setting = found.get_mut(self.at)?;
        if self.is_full {
            setting.value = "";
            return None;
        }
        (setting.value, setting.quoted) = bare(inner);
        setting.span.end = start.saturating_add(line.len());
        self.is_full = true;
        Some(self)
    }

    /// A line of a text that a mark ends.
    fn read_quoted<'t>(
        mut self,
        found: &mut [Setting<'t>],
        (start, line): (usize, &'t str),
        quote: &str,
    ) -> Option<Self> {
        let setting = found.get_mut(self.at)?;
        let inner = line.trim();
        let (text, is_over) = inner.strip_suffix(quote).map_or((inner, false), |text| (text, true));
        if !text.is_empty() {
            setting.value = if self.is_full { "" } else { text };
            setting.span.end = start.saturating_add(line.len());
            self.is_full = true;
        }
        (!is_over && !setting.value.is_empty()).then_some(self)
    }
}

fn split(line: &str) -> Option<(&str, &str)> {
    let at = line.find(['=', ':'])?;
    let (key, rest) = line.split_at_checked(at)?;
    let value = rest.get(1..)?;
    let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
    let is_key = (1..=MAX_KEY).contains(&key.len())
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$' | '@'));
    is_key.then_some((key, value))
}

/// A value without its quotes, its comma, and a comment after it; and whether it had quotes.
fn bare(value: &str) -> (&str, bool) {
    let value = value.trim().trim_start_matches(['>', '=']).trim();
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some((inner, _)) = rest.split_once(quote)
        {
            return (inner, true);
        }
    }
    let value = [" #", " //"]
        .iter()
        .fold(value, |value, mark| value.split_once(mark).map_or(value, |(value, _)| value));
    (value.trim().trim_end_matches([',', '{', '[']).trim(), false)
}
