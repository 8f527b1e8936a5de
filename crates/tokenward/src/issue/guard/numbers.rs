//! Numbers of cards and bank accounts.

use super::{Shape, digits, remainder};

/// 13 to 19 digits of a card scheme that pass the check of ISO/IEC 7812-1, perhaps in groups.
pub(super) fn is_card(text: &str, shape: Shape) -> bool {
    if shape.digits < 13 || shape.letters > 0 {
        return false;
    }
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

/// An IBAN, perhaps in groups of four: of the length that its country has, so that few other numbers with
/// letters in front reach the check digits (ISO 13616, ISO/IEC 7064 MOD 97-10).
pub(super) fn is_iban(text: &str, shape: Shape) -> bool {
    if shape.digits < 10 || shape.letters < 2 || text.len() > 34 + 8 {
        return false;
    }
    let Some(text) = without_groups(text) else { return false };
    let Some((head, account)) = text.split_first_chunk::<4>() else { return false };
    let country = str::from_utf8(head.get(..2).unwrap_or_default()).unwrap_or_default();
    if LENGTHS.iter().all(|(name, length)| *name != country || *length != text.len()) {
        return false;
    }
    // A letter counts as two digits, 10 to 35.
    let values = account.iter().chain(head).map(|byte| char::from(*byte).to_digit(36));
    let Some(values) = values.collect::<Option<Vec<u32>>>() else { return false };
    let digits = values.into_iter().flat_map(|value| {
        let tens = (value > 9).then_some(value / 10);
        tens.into_iter().chain([value % 10])
    });
    remainder(digits, 97) == 1
}

/// The text in capitals, without spaces, if those stand after each four characters or nowhere.
fn without_groups(text: &str) -> Option<Vec<u8>> {
    let grouped = text.split(' ').collect::<Vec<_>>();
    let (last, full) = grouped.split_last()?;
    let in_fours = full.iter().all(|group| group.len() == 4) && matches!(last.len(), 1..=4);
    let plain = text.bytes().filter(|byte| *byte != b' ').collect::<Vec<_>>();
    (full.is_empty() || in_fours).then(|| plain.to_ascii_uppercase())
}

/// How long IBANs are: the registry of ISO 13616.
#[rustfmt::skip]
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22),
    ("BH", 22), ("BI", 27), ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24),
    ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18),
    ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27),
    ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20),
    ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MN", 20),
    ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24),
    ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24),
    ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25),
    ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
    ("YE", 30),
];
