//! Values that must not be in a token, which is signed and not encrypted: everybody on its way reads it.
//!
//! This is a net, not a proof: it finds what has a telling shape. The allow-list is the wall.

use serde_json::Value;

/// What `value` looks like, if it is something confidential.
pub(super) fn confidential(name: &str, value: &Value) -> Option<&'static str> {
    if is_telling(name) {
        return Some("a secret, by its name");
    }
    match value {
        Value::String(text) => text_looks_like(text),
        Value::Number(number) => is_card(&number.to_string()).then_some("a card number"),
        Value::Array(values) => values.iter().find_map(|value| confidential("", value)),
        Value::Object(members) => {
            members.iter().find_map(|(name, value)| confidential(name, value))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

/// Whether the name says that the value is secret.
fn is_telling(name: &str) -> bool {
    const PARTS: &[&str] =
        &["password", "passwd", "passphrase", "secret", "privatekey", "apikey", "creditcard"];
    const WHOLE: &[&str] = &["pwd", "pin", "cvv", "cvc", "ssn", "pan"];
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part)) || WHOLE.contains(&name.as_str())
}

fn text_looks_like(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.contains("-----BEGIN ") {
        Some("a key")
    } else if is_password_hash(text) {
        Some("a password hash")
    } else if is_token(text) {
        Some("a token")
    } else if is_card(text) {
        Some("a card number")
    } else if is_national_id(text) {
        Some("a national id")
    } else {
        None
    }
}

/// Modular crypt format, PHC strings, LDAP schemes.
fn is_password_hash(text: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "$1$",
        "$2a$",
        "$2b$",
        "$2x$",
        "$2y$",
        "$5$",
        "$6$",
        "$7$",
        "$y$",
        "$argon2",
        "$scrypt",
        "$pbkdf2",
        "{SSHA",
        "{SHA",
        "pbkdf2_sha256$",
    ];
    PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// A JWT or one of our own secrets (`twr_`, `tws_`, `twa_`).
fn is_token(text: &str) -> bool {
    (text.starts_with("eyJ") && text.split('.').count() >= 3)
        || ["twr_", "tws_", "twa_"].iter().any(|prefix| text.starts_with(prefix))
}

/// 13 to 19 digits of a card scheme that pass the check of ISO/IEC 7812-1, perhaps in groups.
fn is_card(text: &str) -> bool {
    let Some(digits) = digits(text, &[' ', '-']) else { return false };
    let known = match (digits.as_slice(), digits.len()) {
        ([4, ..], 13 | 16 | 19) // Visa
        | ([5, 1..=5, ..] | [2, 2..=7, ..], 16) // Mastercard
        | ([3, 4 | 7, ..], 15) // American Express
        | ([6, 0 | 2 | 4 | 5, ..] | [3, 5, ..], 16..=19) // Discover, UnionPay, JCB
        | ([3, 0 | 6 | 8 | 9, ..], 14..=19) => true, // Diners Club
        _ => false,
    };
    known && luhn(&digits)
}

fn luhn(digits: &[u32]) -> bool {
    let sum = digits.iter().rev().enumerate().fold(0_u32, |sum, (index, digit)| {
        let doubled = digit.saturating_mul(2);
        let value = match index % 2 {
            0 => *digit,
            _ if doubled > 9 => doubled.saturating_sub(9),
            _ => doubled,
        };
        sum.saturating_add(value)
    });
    sum % 10 == 0
}

/// National ids whose written form tells them from any other number.
fn is_national_id(text: &str) -> bool {
    is_us_ssn(text) || is_uk_nino(text) || is_br_cpf(text) || is_cn_id(text)
}

/// United States: `AAA-GG-SSSS`, with the ranges that are never given out left alone.
fn is_us_ssn(text: &str) -> bool {
    let mut parts = text.split('-');
    let part = |part: Option<&str>, len: usize| {
        let part = part?;
        (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let area = part(parts.next(), 3);
    let group = part(parts.next(), 2);
    let serial = part(parts.next(), 4);
    let (Some(area), Some(group), Some(serial)) = (area, group, serial) else { return false };
    parts.next().is_none() && area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

/// United Kingdom: `QQ 12 34 56 C`.
fn is_uk_nino(text: &str) -> bool {
    let text: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let [first, second, digits @ .., last] = text.as_slice() else { return false };
    digits.len() == 6
        && digits.iter().all(u8::is_ascii_digit)
        && [first, second].iter().all(|byte| byte.is_ascii_uppercase() && !b"DFIQUV".contains(byte))
        && *second != b'O'
        && matches!(last, b'A'..=b'D')
}

/// Brazil: `123.456.789-09`, with its two check digits.
fn is_br_cpf(text: &str) -> bool {
    let bytes = text.as_bytes();
    let written = matches!(bytes, [_, _, _, b'.', _, _, _, b'.', _, _, _, b'-', _, _]);
    let Some(digits) = digits(text, &['.', '-']) else { return false };
    let Some((body, [first, second])) = digits.split_last_chunk::<2>() else { return false };
    let check = |digits: &[u32]| {
        let sum =
            digits.iter().rev().zip(2_u32..).fold(0_u32, |sum, (digit, weight)| {
                sum.saturating_add(digit.saturating_mul(weight))
            });
        (sum.saturating_mul(10) % 11) % 10
    };
    let with_first: Vec<u32> = body.iter().copied().chain([*first]).collect();
    written && digits.len() == 11 && check(body) == *first && check(&with_first) == *second
}

/// China: 17 digits and a check character, ISO 7064 MOD 11-2 (GB 11643).
fn is_cn_id(text: &str) -> bool {
    let Some((body, last)) = text.split_at_checked(17) else { return false };
    let Some(digits) = digits(body, &[]) else { return false };
    let last = match last {
        "X" | "x" => 10,
        _ => match last.parse::<u32>() {
            Ok(digit) if last.len() == 1 => digit,
            _ => return false,
        },
    };
    let sum = digits.iter().fold(0_u32, |sum, digit| sum.saturating_add(*digit).saturating_mul(2));
    let dated = body.get(6..8).is_some_and(|century| matches!(century, "19" | "20"));
    dated && sum.saturating_add(last) % 11 == 1
}

/// The digits of `text`, which holds nothing else but single separators between them.
fn digits(text: &str, separators: &[char]) -> Option<Vec<u32>> {
    let mut digits = Vec::with_capacity(20);
    let mut after_digit = false;
    for character in text.chars() {
        match character.to_digit(10) {
            Some(digit) if digits.len() < 20 => {
                digits.push(digit);
                after_digit = true;
            }
            None if after_digit && separators.contains(&character) => after_digit = false,
            _ => return None,
        }
    }
    after_digit.then_some(digits)
}
