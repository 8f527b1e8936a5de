//! As much DER as a public key and a signature need (ITU-T X.690).

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

/// A value of this tag, with its length.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length: Vec<u8> =
                content.len().to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
            out.extend(length);
        }
    }
    out.extend(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(SEQUENCE, &parts.concat())
}

/// A number that is not negative, of big-endian bytes.
pub(super) fn integer(number: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    value(INTEGER, &bytes)
}

pub(super) fn bit_string(content: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], content].concat())
}

/// The two numbers of `SEQUENCE { INTEGER, INTEGER }`, without leading zeros: an ECDSA signature, or an RSA key.
pub(super) fn two_integers(der: &[u8]) -> Option<[&[u8]; 2]> {
    let (content, _) = read(der, SEQUENCE)?;
    let (first, rest) = read(content, INTEGER)?;
    let (second, _) = read(rest, INTEGER)?;
    Some([first, second].map(without_zeros))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}

/// The content of the value at the start, and what follows it.
fn read(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[is, first], rest) = der.split_first_chunk()?;
    if is != tag {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if length.len() > 4 {
            return None;
        }
        let length = length
            .iter()
            .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?;
        (length, rest)
    };
    rest.split_at_checked(length)
}
