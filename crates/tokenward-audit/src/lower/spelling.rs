//! Other spellings of the same: escapes in strings and names, letters that Python takes for others.

use std::borrow::Cow;

/// What one escape sequence stands for; of what stands for nothing here, the letters behind the backslash.
pub(super) fn unescape(escape: &str) -> Cow<'_, str> {
    let rest = escape.strip_prefix('\\').unwrap_or(escape);
    match rest {
        "n" => return Cow::Borrowed("\n"),
        "t" => return Cow::Borrowed("\t"),
        "r" => return Cow::Borrowed("\r"),
        _ => {}
    }
    let number = match rest.split_at_checked(1) {
        Some(("x" | "u" | "U", digits)) => {
            let digits = digits.trim_start_matches('{').trim_end_matches('}');
            u32::from_str_radix(digits, 16).ok()
        }
        _ if rest.starts_with(|first: char| first.is_digit(8)) => u32::from_str_radix(rest, 8).ok(),
        _ => None,
    };
    match number.and_then(char::from_u32) {
        Some(letter) => Cow::Owned(letter.to_string()),
        None => Cow::Borrowed(rest),
    }
}

/// A name of JavaScript, in which `\u0065` is an `e`.
pub(super) fn name(written: &str) -> String {
    let mut parts = written.split("\\u");
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = if part.starts_with('{') {
            part.find('}').map(|end| end.saturating_add(1))
        } else {
            Some(4)
        };
        let (digits, rest) = end.and_then(|end| part.split_at_checked(end)).unwrap_or((part, ""));
        name.push_str(&unescape(&format!("\\u{digits}")));
        name.push_str(rest);
    }
    name
}

/// A name of Python, which takes wide and mathematical letters for plain ones.
pub(super) fn plain(written: &str) -> String {
    written.chars().map(plain_letter).collect()
}

fn plain_letter(letter: char) -> char {
    /// Letters of the alphabet, large and small.
    const LETTERS: u32 = 52;
    let code = u32::from(letter);
    let plain = match code {
        0xff01..=0xff5e => code.checked_sub(0xfee0),
        // Bold, italic, script and more: an alphabet each.
        0x1d400..=0x1d6a3 => code.checked_sub(0x1d400).map(|at| match at % LETTERS {
            at @ ..26 => at.saturating_add(u32::from('A')),
            at => at.saturating_sub(26).saturating_add(u32::from('a')),
        }),
        0x1d7ce..=0x1d7ff => {
            code.checked_sub(0x1d7ce).map(|at| (at % 10).saturating_add(u32::from('0')))
        }
        _ => None,
    };
    plain.and_then(char::from_u32).unwrap_or(letter)
}
