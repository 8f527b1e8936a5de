//! Secrets that are known by what they look like, wherever they stand: tokens, private keys, passwords in addresses,
//! words that nobody has made up.

use std::ops::Range;

/// A word of this length that has no words in it is a key.
const KEY: usize = 24;
/// As many digits of Base 16 are one.
const HEX: usize = 32;
/// A token without its signature, or one that was cut.
const PART: usize = 40;
/// How the keys begin that some services give out.
const BEGINNINGS: [&str; 10] = [
    "sk_live_",
    "rk_live_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
];
const PEM: &str = "PRIVATE KEY-----";
/// As much of a private key is looked for.
const MAX_KEY: usize = 16 << 10;
/// As much of an address is looked at.
const MAX_ADDRESS: usize = 512;
/// Whoever stands before the `@` of an address alone is a token if it is as long.
const ONLY: usize = 16;

/// The bytes of a part of `text` that look like secrets.
pub(super) fn secrets(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for word in words(text, part.clone(), is_of_token) {
        let run = text.get(word.clone()).unwrap_or_default();
        let token = run.find("eyJ").filter(|at| is_token(run.get(*at..).unwrap_or_default()));
        found.extend(token.map(|at| word.start.saturating_add(at)..word.end));
    }
    let is_in = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '-');
    let random = words(text, part.clone(), is_in);
    found.extend(random.filter(|word| is_random(text.get(word.clone()).unwrap_or_default())));
    found.extend(schemes(text, part.clone()));
    found.extend(addresses(text, part));
    found
}

/// The bodies of private keys in PEM, encrypted ones too.
pub(super) fn keys(text: &str) -> Vec<Range<usize>> {
    let (mut keys, mut from) = (Vec::new(), 0_usize);
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(PEM)) {
        let at = from.saturating_add(found);
        let start = at.saturating_add(PEM.len());
        from = start;
        if !is_begin(text, at) {
            continue;
        }
        let most = super::boundary(text, start.saturating_add(MAX_KEY));
        let rest = text.get(start..most).unwrap_or_default();
        // One that does not end, or whose end stands elsewhere, is hidden all the same.
        from = start.saturating_add(rest.find("-----END").unwrap_or(rest.len()));
        keys.push(start..from);
    }
    keys
}

fn is_begin(text: &str, at: usize) -> bool {
    let before = text.get(super::boundary(text, at.saturating_sub(40))..at).unwrap_or_default();
    before
        .rfind("-----")
        .is_some_and(|mark| before.get(mark..).is_some_and(|all| all.contains("BEGIN")))
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Two dots, or so long that a part of a token is left in it.
fn is_token(run: &str) -> bool {
    run.matches('.').count() >= 2 || run.len() >= PART
}

/// Whether a word is none: letters of both sizes and digits in no order, or many digits of Base 16.
fn is_random(word: &str) -> bool {
    if word.len() >= ONLY && BEGINNINGS.iter().any(|start| word.starts_with(start)) {
        return true;
    }
    let is_hex = word.len() >= HEX && word.chars().all(|c| c.is_ascii_hexdigit());
    if is_hex {
        return word.contains(|c: char| c.is_ascii_digit());
    }
    let class = |c: char| (c.is_ascii_digit(), c.is_ascii_uppercase());
    let turns =
        word.chars().zip(word.chars().skip(1)).filter(|(a, b)| class(*a) != class(*b)).count();
    // Names turn at the beginning of each word, and so less than twice in five letters.
    word.len() >= KEY && turns.saturating_mul(20) >= word.len().saturating_mul(9)
}

/// `Basic …` and `Bearer …`, behind which no word stands.
fn schemes(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let is_in =
        |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';');
    let mut found = Vec::new();
    let mut is_scheme = false;
    for word in words(text, part, is_in) {
        let said = text.get(word.clone()).unwrap_or_default();
        let is_mixed =
            said.chars().skip(1).any(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '=');
        if is_scheme && said.len() >= 8 && is_mixed && !said.contains(['$', '{', '(']) {
            found.push(word);
        }
        let end = said.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        is_scheme = ["basic", "bearer"].iter().any(|name| end.eq_ignore_ascii_case(name));
    }
    found
}

/// The passwords of `https://user:password@host`.
fn addresses(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let region = text.get(part.clone()).unwrap_or_default();
    let mut found = Vec::new();
    for (at, mark) in region.match_indices("://") {
        let start = at.saturating_add(mark.len());
        let end = super::boundary(region, start.saturating_add(MAX_ADDRESS));
        let rest = region.get(start..end).unwrap_or_default();
        let is_end =
            |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | ',');
        let whole = rest.split(is_end).next().unwrap_or_default();
        let authority = whole.split(['/', '?', '#']).next().unwrap_or_default();
        // A password may have signs in it that end the authority: what is before a later `@` counts if a colon is.
        let user = match (authority.rsplit_once('@'), whole.split_once('@')) {
            (Some((user, _)), _) => user,
            (None, Some((user, _))) if authority.contains(':') && !is_port(authority) => user,
            _ => continue,
        };
        let from = match user.find(':') {
            Some(colon) => colon.saturating_add(1),
            None if user.len() >= ONLY => 0,
            None => continue,
        };
        let all = start.saturating_add(from)..start.saturating_add(user.len());
        let here = part.start.saturating_add(all.start)..part.start.saturating_add(all.end);
        if !super::is_variable(text.get(here.clone()).unwrap_or_default()) {
            found.push(here);
        }
    }
    found
}

/// `host:8080`, which no password follows.
fn is_port(authority: &str) -> bool {
    authority.rsplit_once(':').is_some_and(|(_, port)| port.chars().all(|c| c.is_ascii_digit()))
}

/// The longest runs of such characters in a part of a text.
fn words(
    text: &str,
    part: Range<usize>,
    is_in: impl Fn(char) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let region = text.get(part.clone()).unwrap_or_default();
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let rest = region.get(at..)?;
        let start = at.saturating_add(rest.find(&is_in)?);
        let length = region.get(start..)?.find(|c| !is_in(c));
        at = length.map_or(region.len(), |length| start.saturating_add(length));
        Some(part.start.saturating_add(start)..part.start.saturating_add(at))
    })
}
