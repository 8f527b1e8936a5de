//! Addresses, phone numbers, and texts in somebody's words.

use super::Shape;

/// Whether an e-mail address stands in `text`: alone, in a list, or behind a name.
pub(super) fn has_email(text: &str, shape: Shape) -> bool {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')' | '"');
    shape.at && text.split(apart).any(is_email)
}

/// `local@domain` (RFC 5321 § 4.1.2), where the domain has a name above it that is no number.
fn is_email(text: &str) -> bool {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let Some((local, domain)) = text.split_once('@') else { return false };
    let in_local = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    let in_label = |c: char| c.is_alphanumeric() || c == '-';
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last().copied().unwrap_or_default();
    (1..=64).contains(&local.len())
        && local.chars().all(in_local)
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(in_label))
        && top.chars().count() >= 2
        && top.starts_with(char::is_alphabetic)
}

/// `+` and 8 to 15 digits, perhaps in groups (ITU-T E.164), or `(415) 555-2671`.
pub(super) fn is_phone_number(text: &str, shape: Shape) -> bool {
    if shape.letters > 3 || !(8..=15).contains(&shape.digits) {
        return false;
    }
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let grouped =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    match text.strip_prefix('+') {
        Some(rest) => {
            rest.starts_with(|c: char| matches!(c, '1'..='9')) && rest.chars().all(grouped)
        }
        None => is_north_american(text),
    }
}

/// `(AAA) EEE-NNNN`, where neither the area nor the exchange begins with 0 or 1.
fn is_north_american(text: &str) -> bool {
    let Some((area, rest)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) else {
        return false;
    };
    let Some((exchange, number)) = rest.trim_start().split_once(['-', ' ', '.']) else {
        return false;
    };
    let digits =
        |text: &str, len: usize| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let leads = |text: &str| text.starts_with(|c: char| matches!(c, '2'..='9'));
    digits(area, 3) && digits(exchange, 3) && digits(number, 4) && leads(area) && leads(exchange)
}

/// 200 characters or more, most of whose words are words: at least 25, or, where a language writes none
/// apart, mostly letters beyond ASCII.
pub(super) fn is_free_text(text: &str) -> bool {
    if text.len() < LONG {
        return false;
    }
    let characters = text.chars().count();
    let foreign = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    if characters >= LONG / 2 && foreign.saturating_mul(2) > characters {
        return true;
    }
    let (mut words, mut all) = (0_usize, 0_usize);
    for word in text.split_whitespace() {
        all = all.saturating_add(1);
        words = words.saturating_add(usize::from(is_word(word)));
    }
    // A list of scopes or of ids has as many spaces, and hardly a word.
    words >= WORDS && words.saturating_mul(10) >= all.saturating_mul(7)
}

/// Letters, perhaps with an apostrophe or a hyphen between them and punctuation around.
fn is_word(text: &str) -> bool {
    let text = text.trim_matches(|c: char| ",.;:!?()\"'„“”‚‘’…–—".contains(c));
    (1..=24).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
}

const LONG: usize = 200;
const WORDS: usize = 25;
