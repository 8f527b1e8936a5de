//! National ids, as far as their written form or their check digits tell them from any other number.
//!
//! Left out is what another number would often be mistaken for: nine or ten bare digits with one check
//! digit (the Netherlands, Canada), and a date with a serial number (Sweden, Poland).

use super::{Shape, digits, remainder, weighted};

/// Whether `text` is a national id that is known here.
pub(super) fn is_national_id(text: &str, shape: Shape) -> bool {
    // The shortest has six digits; an Italian one may have all of its seven written as letters.
    let enough = shape.digits >= 6 || (text.len() == 16 && shape.letters == 16);
    enough && text.is_ascii() && (9..=24).contains(&text.len()) && KNOWN.iter().any(|is| is(text))
}

const KNOWN: &[fn(&str) -> bool] = &[
    is_us_ssn,
    is_uk_nino,
    is_br_cpf,
    is_cn_id,
    is_es_dni,
    is_it_fiscale,
    is_fr_nir,
    is_de_tax,
    is_de_pension,
    is_fi_hetu,
    is_be_register,
    is_ch_ahv,
    is_mx_curp,
];

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
        let reversed: Vec<u32> = digits.iter().rev().copied().collect();
        (weighted(&reversed, 2..).saturating_mul(10) % 11) % 10
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

/// Spain: eight digits, or for foreigners `X`, `Y` or `Z` and seven, and a letter that checks them. A date
/// with a letter behind it is left alone.
fn is_es_dni(text: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let plain: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    let [first, middle @ .., letter] = plain.as_slice() else { return false };
    let lead = match first {
        b'0'..=b'9' => char::from(*first),
        b'X' => '0',
        b'Y' => '1',
        b'Z' => '2',
        _ => return false,
    };
    let number: String = [lead].into_iter().chain(middle.iter().copied().map(char::from)).collect();
    let Some(digits) = digits(&number, &[]) else { return false };
    let dated = first.is_ascii_digit()
        && matches!(digits.as_slice(), [1, 9, ..] | [2, 0, ..])
        && is_month_and_day(digits.get(4..).unwrap_or_default());
    let check = usize::try_from(remainder(digits.iter().copied(), 23)).unwrap_or(usize::MAX);
    digits.len() == 8 && !dated && LETTERS.get(check) == Some(letter)
}

/// Italy: the codice fiscale, with its month, its day and its check letter. Where two people would have
/// the same, digits are written as letters.
fn is_it_fiscale(text: &str) -> bool {
    let bytes = text.as_bytes().to_ascii_uppercase();
    let Some((body, [check])) = bytes.split_last_chunk::<1>() else { return false };
    if body.len() != 15 || !body.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte.saturating_sub(b'0'))),
        _ => b"LMNPQRSTUV"
            .iter()
            .position(|letter| letter == byte)
            .and_then(|at| u32::try_from(at).ok()),
    };
    let letters = |range: std::ops::Range<usize>| {
        body.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_uppercase))
    };
    let number = |range: std::ops::Range<usize>| {
        let digits: Option<Vec<u32>> = body.get(range)?.iter().map(digit).collect();
        digits.map(|digits| {
            digits.into_iter().fold(0_u32, |n, d| n.saturating_mul(10).saturating_add(d))
        })
    };
    let month = body.get(8).is_some_and(|month| b"ABCDEHLMPRST".contains(month));
    let day = number(9..11).is_some_and(|day| matches!(day, 1..=31 | 41..=71));
    let shaped =
        letters(0..6) && letters(11..12) && number(6..8).is_some() && number(12..15).is_some();
    shaped && month && day && fiscale_check(body) == Some(*check)
}

/// The last letter of a codice fiscale: each other character counts by a table of its own.
fn fiscale_check(body: &[u8]) -> Option<u8> {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let mut sum = 0_u32;
    for (index, byte) in body.iter().enumerate() {
        // A digit counts as the letter of the same place.
        let place = match byte {
            b'0'..=b'9' => byte.saturating_sub(b'0'),
            _ => byte.saturating_sub(b'A'),
        };
        let value = if index % 2 == 0 { *ODD.get(usize::from(place))? } else { u32::from(place) };
        sum = sum.saturating_add(value);
    }
    b'A'.checked_add(u8::try_from(sum % 26).ok()?)
}

/// France: the NIR, thirteen digits (Corsica has letters) and two that check them.
fn is_fr_nir(text: &str) -> bool {
    // Corsica: 2A counts as 19, 2B as 18.
    let number = text.replace("2A", "19").replace("2B", "18");
    let Some(digits) = digits(&number, &[' ']) else { return false };
    let [1 | 2, _, _, tens, ones, ..] = digits.as_slice() else { return false };
    let month = tens.saturating_mul(10).saturating_add(*ones);
    let Some((body, [first, second])) = digits.split_last_chunk::<2>() else { return false };
    let check = first.saturating_mul(10).saturating_add(*second);
    let expected = 97_u32.saturating_sub(remainder(body.iter().copied(), 97));
    digits.len() == 15 && matches!(month, 1..=12 | 20) && check == expected
}

/// Germany: the tax id, eleven digits of which the first ten hold one twice or three times and no other
/// more than once, and a check digit (ISO/IEC 7064 MOD 11,10).
fn is_de_tax(text: &str) -> bool {
    let Some(digits) = digits(text, &[' ']) else { return false };
    let Some((body, [check])) = digits.split_last_chunk::<1>() else { return false };
    if body.len() != 10 || body.first() == Some(&0) {
        return false;
    }
    let count = |digit: u32| body.iter().filter(|other| **other == digit).count();
    let repeated: Vec<usize> = (0..10).map(count).filter(|count| *count > 1).collect();
    if !matches!(repeated.as_slice(), [2 | 3]) {
        return false;
    }
    let product = body.iter().fold(10_u32, |product, digit| {
        let sum = product.saturating_add(*digit) % 10;
        let sum = if sum == 0 { 10 } else { sum };
        sum.saturating_mul(2) % 11
    });
    11_u32.saturating_sub(product) % 10 == *check
}

/// Germany: the pension insurance number, with a date of birth, a letter and a check digit.
fn is_de_pension(text: &str) -> bool {
    let plain: String = text.chars().filter(|character| *character != ' ').collect();
    let Some((dated, rest)) = plain.split_at_checked(8) else { return false };
    let Some((letter, serial)) = rest.split_at_checked(1) else { return false };
    let [letter @ b'A'..=b'Z'] = letter.as_bytes() else { return false };
    let (Some(dated), Some(serial)) = (digits(dated, &[]), digits(serial, &[])) else {
        return false;
    };
    let [_, _, day @ .., _, _] = dated.as_slice() else { return false };
    let [day_tens, day_ones, month @ ..] = day else { return false };
    let month_and_day: Vec<u32> = month.iter().chain([day_tens, day_ones]).copied().collect();
    let Some((check, serial)) = serial.split_last() else { return false };
    let place = u32::from(letter.saturating_sub(b'A')).saturating_add(1);
    let all: Vec<u32> = dated
        .iter()
        .copied()
        .chain([place / 10, place % 10])
        .chain(serial.iter().copied())
        .collect();
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum = all.iter().zip(weights).fold(0_u32, |sum, (digit, weight)| {
        let product = digit.saturating_mul(weight);
        sum.saturating_add(product / 10).saturating_add(product % 10)
    });
    all.len() == 12 && is_month_and_day(&month_and_day) && sum % 10 == *check
}

/// Finland: `DDMMYYCNNNX`, whose last character is the rest by 31.
fn is_fi_hetu(text: &str) -> bool {
    const CHECKS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let [dated @ .., century, n1, n2, n3, check] = text.as_bytes() else { return false };
    let numbers: Option<Vec<u32>> =
        dated.iter().chain([n1, n2, n3]).map(|byte| char::from(*byte).to_digit(10)).collect();
    let Some(numbers) = numbers else { return false };
    let [d1, d2, m1, m2, ..] = numbers.as_slice() else { return false };
    let rest = usize::try_from(remainder(numbers.iter().copied(), 31)).unwrap_or(usize::MAX);
    dated.len() == 6
        && b"+-ABCDEFUVWXY".contains(century)
        && is_month_and_day(&[*m1, *m2, *d1, *d2])
        && CHECKS.get(rest) == Some(check)
}

/// Belgium: `YY.MM.DD-NNN.CC`, whose last two digits are 97 less the rest; born since 2000, with a 2 before
/// the number.
fn is_be_register(text: &str) -> bool {
    let written =
        matches!(text.as_bytes(), [_, _, b'.', _, _, b'.', _, _, b'-', _, _, _, b'.', _, _]);
    let Some(digits) = digits(text, &['.', '-']) else { return false };
    let Some((body, [first, second])) = digits.split_last_chunk::<2>() else { return false };
    let check = first.saturating_mul(10).saturating_add(*second);
    let born = |century: Option<u32>| {
        let number = century.into_iter().chain(body.iter().copied());
        97_u32.saturating_sub(remainder(number, 97)) == check
    };
    written && body.len() == 9 && (born(None) || born(Some(2)))
}

/// Switzerland: `756.XXXX.XXXX.XX`, an EAN-13.
fn is_ch_ahv(text: &str) -> bool {
    let Some(digits) = digits(text, &['.']) else { return false };
    let Some((check, body)) = digits.split_last() else { return false };
    let sum = weighted(body, [1, 3].into_iter().cycle());
    digits.len() == 13
        && digits.starts_with(&[7, 5, 6])
        && 10_u32.saturating_sub(sum % 10) % 10 == *check
}

/// Mexico: the CURP, with a date, a sex, consonants and a check digit.
fn is_mx_curp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((body, [check])) = bytes.split_last_chunk::<1>() else { return false };
    let part = |range: std::ops::Range<usize>| body.get(range).unwrap_or_default();
    let dated: Option<Vec<u32>> =
        part(4..10).iter().map(|byte| char::from(*byte).to_digit(10)).collect();
    let Some(dated) = dated else { return false };
    let shaped = body.len() == 17
        && part(0..4).iter().all(u8::is_ascii_uppercase)
        && matches!(part(10..11), b"H" | b"M" | b"X")
        && part(11..16).iter().all(u8::is_ascii_uppercase)
        && part(16..17).iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // Between N and O stands Ñ, which no id has.
    let value = |byte: &u8| match byte {
        b'0'..=b'9' => u32::from(byte.saturating_sub(b'0')),
        b'A'..=b'N' => u32::from(byte.saturating_sub(b'A')).saturating_add(10),
        _ => u32::from(byte.saturating_sub(b'A')).saturating_add(11),
    };
    let values: Vec<u32> = body.iter().map(value).collect();
    let sum = weighted(&values, (2..=18).rev());
    let expected = 10_u32.saturating_sub(sum % 10) % 10;
    shaped
        && is_month_and_day(dated.get(2..).unwrap_or_default())
        && char::from(*check).to_digit(10) == Some(expected)
}

/// Whether these four digits are a month and a day.
fn is_month_and_day(digits: &[u32]) -> bool {
    let [m1, m2, d1, d2] = digits else { return false };
    let month = m1.saturating_mul(10).saturating_add(*m2);
    let day = d1.saturating_mul(10).saturating_add(*d2);
    (1..=12).contains(&month) && (1..=31).contains(&day)
}
