//! The built-in words, and what people make of words.

/// Of our own making: what documentation of libraries and frameworks shows as a secret, what generators of
/// projects write, and the words that such secrets are made of.
const BUILT_IN: &str = include_str!("words.txt");

/// Whole secrets that tutorials and documentation show, and that were copied from there: no words to be joined.
const DOCUMENTED: &str = include_str!("documented.txt");

/// What stands between two words.
const JOINTS: [&str; 4] = ["", "-", "_", " "];

/// Every word, and every two.
pub(super) fn joined() -> Box<dyn Iterator<Item = Vec<u8>> + Send> {
    let pairs = all().flat_map(|first| {
        all().flat_map(move |second| {
            JOINTS.map(|joint| format!("{first}{joint}{second}").into_bytes())
        })
    });
    // The empty secret, too: some configurations come to it.
    let alone = std::iter::once(Vec::new()).chain(all().map(|word| word.as_bytes().to_vec()));
    let documented = DOCUMENTED.lines().map(|line| line.as_bytes().to_vec());
    Box::new(documented.chain(alone).chain(pairs))
}

/// About how many secrets [`joined`] comes to with all forms, told from some of its pairs.
pub(super) fn about() -> u64 {
    // All of them would take seconds.
    let (firsts, seconds) = (all().step_by(19), || all().step_by(17));
    let (mut pairs, mut secrets) = (0_u64, 0_u64);
    for first in firsts {
        for second in seconds() {
            pairs = pairs.saturating_add(1);
            for joint in JOINTS {
                let word = format!("{first}{joint}{second}").into_bytes();
                let decoded = super::decoded::forms(&word).len();
                secrets = secrets.saturating_add(u64::try_from(decoded).unwrap_or(u64::MAX));
                vary(&word, &mut |_| {
                    secrets = secrets.saturating_add(1);
                    false
                });
            }
        }
    }
    let words = u64::try_from(all().count()).unwrap_or(u64::MAX);
    let all = words.saturating_mul(words).saturating_mul(secrets);
    all.checked_div(pairs).unwrap_or_default()
}

fn all() -> impl Iterator<Item = &'static str> + Send {
    BUILT_IN.lines().map(str::trim_end).filter(|line| !line.is_empty())
}

const SUFFIXES: [&str; 28] = [
    "1", "12", "123", "1234", "12345", "123456", "!", "!!", "1!", "123!", "@123", "#123", "2020",
    "2021", "2022", "2023", "2024", "2025", "2026", "key", "_key", "-key", "Key", "secret",
    "_secret", "-secret", "Secret", "token",
];
const PREFIXES: [&str; 8] = ["jwt", "jwt_", "jwt-", "my", "my_", "my-", "super", "the"];

/// Tries a word, and the forms of it; stops at the first for which `hit` says yes.
pub(super) fn vary(word: &[u8], hit: &mut impl FnMut(&[u8]) -> bool) -> bool {
    if hit(word) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(word) else { return false };
    // Long ones are keys, not words.
    if text.is_empty() || text.len() > 24 {
        return false;
    }
    let mut buffer = String::with_capacity(64);
    let forms = [text.to_owned(), text.to_lowercase(), text.to_uppercase(), capitalized(text)];
    for (at, form) in forms.iter().enumerate() {
        if forms.iter().take(at).any(|earlier| earlier == form) {
            continue;
        }
        if at > 0 && hit(form.as_bytes()) {
            return true;
        }
        let with_suffix = SUFFIXES.iter().map(|suffix| (form.as_str(), *suffix));
        let with_prefix = PREFIXES.iter().map(|prefix| (*prefix, form.as_str()));
        for (first, second) in with_suffix.chain(with_prefix) {
            buffer.clear();
            buffer.push_str(first);
            buffer.push_str(second);
            if hit(buffer.as_bytes()) {
                return true;
            }
        }
    }
    let others = [leet(text), text.chars().rev().collect(), text.repeat(2), text.repeat(4)];
    others.iter().any(|other| hit(other.as_bytes()))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `s3cr3t`
fn leet(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a' => '4',
            'e' => '3',
            'i' => '1',
            'o' => '0',
            's' => '5',
            't' => '7',
            other => other,
        })
        .collect()
}
