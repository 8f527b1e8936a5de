//! nginx: what its blocks say, read as blocks.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::config::hit;
use crate::finding::Severity;
use crate::rules::Hit;

/// More in one file is data.
const MOST: usize = 20_000;
/// Deeper, no block of nginx goes.
const MAX_DEPTH: usize = 16;

/// A directive: its words, and where it stands.
struct Directive<'t> {
    words: Vec<&'t str>,
    span: Range<usize>,
    /// The `server` that it is in, counted.
    server: Option<usize>,
}

impl Directive<'_> {
    fn is(&self, name: &str) -> bool {
        self.words.first() == Some(&name)
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|one| *one == word)
    }
}

pub(super) fn hits(text: &str) -> Vec<Hit> {
    if !text.contains("server") || !(text.contains("listen") || text.contains("auth_jwt")) {
        return Vec::new();
    }
    let directives = read(text);
    let mut hits: Vec<Hit> = directives.iter().filter_map(from_address).collect();
    hits.extend(plain(&directives));
    hits
}

/// `auth_jwt "…" token=$arg_token`
fn from_address(one: &Directive<'_>) -> Option<Hit> {
    let is_argument = one.words.iter().any(|word| word.starts_with("token=$arg_"));
    (one.is("auth_jwt") && is_argument)
        .then(|| super::in_url(one.span.clone(), "leave `token=` out"))
}

/// What a `server` does.
#[derive(Default)]
struct Server<'t> {
    names: Vec<&'t str>,
    plain: Vec<Range<usize>>,
    has_tls: bool,
    hands_on: bool,
    redirects: bool,
}

impl<'t> Server<'t> {
    fn take(&mut self, one: &Directive<'t>) {
        match one.words.first().copied().unwrap_or_default() {
            "listen" if one.has("ssl") => self.has_tls = true,
            "listen" if one.words.get(1).is_some_and(|address| is_port_80(address)) => {
                self.plain.push(one.span.clone());
            }
            "ssl" => self.has_tls |= one.has("on"),
            "server_name" => self.names.extend(one.words.iter().skip(1)),
            "proxy_pass" | "fastcgi_pass" | "uwsgi_pass" | "grpc_pass" => self.hands_on = true,
            "return" | "rewrite" => {
                self.redirects |= one.words.iter().any(|word| word.contains("https://"));
            }
            _ => {}
        }
    }
}

/// A `server` that hands on what comes over plain HTTP, for a name that is served with TLS too: what is plain alone
/// may stand inside.
fn plain(all: &[Directive<'_>]) -> Vec<Hit> {
    let mut servers: BTreeMap<usize, Server<'_>> = BTreeMap::new();
    for one in all {
        if let Some(server) = one.server {
            servers.entry(server).or_default().take(one);
        }
    }
    let secured: HashSet<&str> = servers
        .values()
        .filter(|server| server.has_tls)
        .flat_map(|server| server.names.iter().copied())
        .collect();
    servers
        .values()
        .filter(|server| {
            server.hands_on
                && !server.redirects
                && (server.has_tls || server.names.iter().any(|name| secured.contains(name)))
        })
        .flat_map(|server| server.plain.iter())
        .map(|span| {
            hit(
                "plain-http-at-proxy",
                span.clone(),
                Severity::High,
                "this host is served over plain HTTP too: tokens and cookies cross the network for all to read",
                "return 308 https://$host$request_uri; and Strict-Transport-Security where TLS is",
            )
        })
        .collect()
}

fn is_port_80(address: &str) -> bool {
    address == "80" || address.ends_with(":80")
}

/// All directives, each with its words.
fn read(text: &str) -> Vec<Directive<'_>> {
    let mut found: Vec<Directive<'_>> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    // Which blocks are open: those of `server` by their number.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut servers = 0_usize;
    let mut began = 0_usize;
    for (span, word) in (Words { text, at: 0 }) {
        if found.len() >= MOST || open.len() > MAX_DEPTH {
            break;
        }
        let server = open.iter().rev().find_map(|one| *one);
        match word {
            ";" | "{" => {
                let is_server = words == ["server"];
                if !words.is_empty() {
                    let words = std::mem::take(&mut words);
                    found.push(Directive { words, span: began..span.start, server });
                }
                if word == "{" {
                    servers = servers.saturating_add(usize::from(is_server));
                    open.push(is_server.then_some(servers));
                }
            }
            "}" => {
                words.clear();
                open.pop();
            }
            word => {
                if words.is_empty() {
                    began = span.start;
                }
                words.push(word);
            }
        }
    }
    found
}

/// Words, `;`, `{` and `}`, without comments and quotes.
struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = (Range<usize>, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..)?;
            let blank = rest.len().saturating_sub(rest.trim_start().len());
            let start = self.at.saturating_add(blank);
            let rest = self.text.get(start..)?;
            let (length, word) = match rest.chars().next()? {
                '#' => {
                    self.at = start.saturating_add(rest.find('\n').unwrap_or(rest.len()));
                    continue;
                }
                ';' | '{' | '}' => (1, rest.get(..1)?),
                quote @ ('"' | '\'') => {
                    let inner = rest.get(1..)?;
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (end.saturating_add(2).min(rest.len()), inner.get(..end)?)
                }
                _ => {
                    let end = rest
                        .find(|c: char| c.is_whitespace() || matches!(c, ';' | '{' | '}'))
                        .unwrap_or(rest.len());
                    (end, rest.get(..end)?)
                }
            };
            self.at = start.saturating_add(length);
            return Some((start..self.at, word));
        }
    }
}
