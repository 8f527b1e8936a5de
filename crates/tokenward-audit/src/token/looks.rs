//! What a value looks like, whatever its name.

use serde_json::Number;

use crate::finding::Severity;

/// What a text is, where it is something that nobody may read.
pub(super) fn of_text(text: &str) -> Option<(Severity, &'static str)> {
    let starts = |marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    if text.contains("PRIVATE KEY-----") {
        Some((Severity::Critical, "a private key"))
    } else if starts(&["$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$", "$pbkdf2", "{bcrypt}"]) {
        Some((Severity::High, "the hash of a password"))
    } else if holds_token(text) {
        Some((Severity::High, "another token"))
    } else if holds_password(text) {
        Some((Severity::High, "an address with a password in it"))
    } else if text.starts_with("AKIA") && text.len() == 20 {
        Some((Severity::High, "an access key of AWS"))
    } else if starts(&["ghp_", "gho_", "github_pat_", "sk_live_", "xoxb-", "xoxp-", "glpat-"]) {
        Some((Severity::High, "a service's credential"))
    } else if is_card(text) {
        Some((Severity::High, "the number of a payment card"))
    } else if is_social_security(text) {
        Some((Severity::High, "a social security number"))
    } else {
        None
    }
}

/// What a number is: cards are put into claims so, too.
pub(super) fn of_number(name: &str, number: &Number) -> Option<(Severity, &'static str)> {
    let whole = number.as_u64().map(|number| number.to_string());
    let digits = whole.or_else(|| Some(format!("{:.0}", number.as_f64()?)))?;
    // Numbers of this length count and name many things; issuers of cards have their own beginnings.
    let is_issued = match digits.len() {
        15 => ["34", "37"].iter().any(|start| digits.starts_with(start)),
        16 => ["4", "51", "52", "53", "54", "55", "6011", "65"]
            .iter()
            .any(|start| digits.starts_with(start)),
        _ => false,
    };
    let name = name.to_lowercase();
    let is_name = name == "sub" || name.ends_with("id");
    (is_issued && !is_name && is_card(&digits))
        .then_some((Severity::High, "the number of a payment card"))
}

/// A compact token, also within a text: `Bearer eyJ…`.
fn holds_token(text: &str) -> bool {
    let is_in = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(|c| !is_in(c)).any(|word| {
        // Its first part follows a dot where a name does: `session.eyJ…`.
        let start = word.find("eyJ").and_then(|at| word.get(at..));
        start.is_some_and(|token| token.matches('.').count() >= 2)
    })
}

/// `https://user:password@host`
fn holds_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"'));
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
    })
}

/// 13 to 19 digits, perhaps in groups, with the check digit of ISO/IEC 7812 (Luhn).
fn is_card(text: &str) -> bool {
    if !text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-') {
        return false;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    // Cards begin with 2 to 6; what begins otherwise counts something else.
    if !(13..=19).contains(&digits.len())
        || !digits.first().is_some_and(|one| (2..=6).contains(one))
    {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at.is_multiple_of(2) {
            true => *digit,
            false if *digit > 4 => digit.saturating_mul(2).saturating_sub(9),
            false => digit.saturating_mul(2),
        })
        .sum();
    sum.is_multiple_of(10)
}

/// `123-45-6789`
fn is_social_security(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([3, 2, 4]) && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
}
