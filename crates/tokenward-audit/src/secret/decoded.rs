//! Secrets that people write as text and programs decode: Base64 in Java and its kin, hex elsewhere.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// As programs read it that are not strict: with or without padding, whatever the last bits are.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// Shorter texts come to nothing.
const SHORTEST: usize = 4;
/// Longer ones are no secrets.
const LONGEST: usize = 1024;

/// What a text stands for, each with the name of its encoding.
pub(super) fn forms(word: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    if !(SHORTEST..=LONGEST).contains(&word.len()) {
        return Vec::new();
    }
    let mut forms: Vec<(Vec<u8>, &'static str)> = Vec::new();
    let mut add = |bytes: Option<Vec<u8>>, encoding| {
        if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty())
            && !forms.iter().any(|(other, _)| *other == bytes)
        {
            forms.push((bytes, encoding));
        }
    };
    add(hex(word), "hex");
    let standard: Vec<u8> = word
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    add(LENIENT.decode(&standard).ok(), "Base64");
    // Some pass over what is no letter of Base64, and drop what comes after the last group of four.
    let mut letters: Vec<u8> = word
        .iter()
        .copied()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    letters.truncate(letters.len().saturating_sub(letters.len() & 3));
    add(LENIENT.decode(&letters).ok(), "Base64");
    forms
}

fn hex(word: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = word.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.last()?)?)).collect()
}
