//! `HAProxy`: `jwt_verify` checks a signature and nothing else (configuration manual, 7.3.1).

use std::collections::HashSet;

use crate::config::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;

const VERIFY: &str = "jwt_verify(";

pub(super) fn hits(text: &str) -> Vec<Hit> {
    if !text.contains(VERIFY) {
        return Vec::new();
    }
    let lines: Vec<(usize, &str)> = read::lines(text)
        .map(|(start, line)| (start, line.split_once('#').map_or(line, |(code, _)| code)))
        .collect();
    let says = |word: &str| lines.iter().any(|(_, line)| line.contains(word));
    let looks_at_the_end = says("$.exp") || says("\"exp\"") || says("'exp'");
    let variables = Variables::of(&lines);
    let mut hits = Vec::new();
    let mut is_told = looks_at_the_end;
    for (start, line) in &lines {
        let span = *start..start.saturating_add(line.trim_end().len());
        if line.contains("url_param(") && line.contains("jwt_") {
            hits.push(super::in_url(span.clone(), "use `http_auth_bearer`"));
        }
        let Some((_, call)) = line.split_once(VERIFY) else { continue };
        if !std::mem::replace(&mut is_told, true) {
            hits.push(hit(
                "expired-token-at-proxy",
                span.clone(),
                Severity::High,
                "`jwt_verify` looks at the signature alone, and nothing here looks at `exp`: tokens never end",
                "http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int'), and deny where it \
                 is missing or before date()",
            ));
        }
        if is_any_answer(call) {
            hits.push(hit(
                "token-optional-at-proxy",
                span.clone(),
                Severity::High,
                "`jwt_verify` answers 1 for a good token and below 0 for an error: as a truth value, errors are good \
                 tokens",
                "compare with the number: `-m int 1`",
            ));
        }
        if let Some(variable) = variables.unchecked(call) {
            hits.push(hit(
                "algorithm-from-token-at-proxy",
                span,
                Severity::Critical,
                format!(
                    "the token's header chooses the algorithm (`{variable}`), and nothing compares it: with HS256 \
                     the path of the public key is the secret"
                ),
                &format!(
                    "http-request deny unless {{ var({variable}) -m str ES256 }}, before the signature is looked at"
                ),
            ));
        }
    }
    hits
}

/// Whether the answer is taken as true or false.
fn is_any_answer(call: &str) -> bool {
    let mut words = call.split_whitespace();
    words.any(|word| word == "-m") && matches!(words.next(), Some("bool" | "found"))
}

/// Variables that may name the algorithm.
struct Variables<'t> {
    from_token: HashSet<&'t str>,
    compared: HashSet<&'t str>,
}

impl<'t> Variables<'t> {
    fn of(lines: &[(usize, &'t str)]) -> Self {
        let mut found = Self { from_token: HashSet::new(), compared: HashSet::new() };
        for (_, line) in lines {
            if line.contains("jwt_header_query") {
                found.from_token.extend(named(line, "set-var("));
            }
            if line.contains("{ var(") || line.contains(") -m ") {
                found.compared.extend(named(line, " var("));
            }
        }
        found
    }

    /// The one that a call takes the algorithm from, if it comes out of the token and is compared with nothing.
    fn unchecked(&self, call: &'t str) -> Option<&'t str> {
        let (first, _) = call.split_once([',', ')'])?;
        let variable = first.trim();
        (self.from_token.contains(variable) && !self.compared.contains(variable))
            .then_some(variable)
    }
}

/// What stands in the parentheses after `word`, wherever it is in a line.
fn named<'t>(line: &'t str, word: &str) -> impl Iterator<Item = &'t str> {
    line.split(word).skip(1).filter_map(|rest| Some(rest.split_once([')', ','])?.0.trim()))
}
