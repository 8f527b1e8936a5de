//! The compact form: base64url written otherwise, and parts that are too many or too few.

use std::rc::Rc;

use tokenward::b64;

use super::{Change, Edit, InPlace};

/// The alphabet of RFC 4648 § 5.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

type Text = fn(&mut String);

pub(super) fn all() -> Vec<Change> {
    let parts = PARTS.into_iter().flat_map(|(name, edit)| {
        let at = |kind: &'static str, place: fn(InPlace<String>) -> Edit| {
            Change::new(kind, name, place(Rc::new(move |text, _| edit(text))))
        };
        [
            at("base64url of the header", Edit::HeaderPart),
            at("base64url of the payload", Edit::PayloadPart),
            at("base64url of the signature", Edit::SignaturePart),
        ]
    });
    let tokens = TOKENS.into_iter().map(|(name, edit)| {
        Change::new("parts of the token", name, Edit::Token(Rc::new(move |text, _| edit(text))))
    });
    parts.chain(tokens).collect()
}

const PARTS: [(&str, Text); 24] = [
    ("padded", |part| part.push_str(["", "=", "==", "="][part.len() % 4])),
    ("padded with one", |part| part.push('=')),
    ("padded with two", |part| part.push_str("==")),
    ("padded with three", |part| part.push_str("===")),
    ("padded in the middle", |part| inside(part, '=')),
    ("of the standard alphabet", |part| *part = part.replace('-', "+").replace('_', "/")),
    ("with a plus", |part| inside(part, '+')),
    ("with other last bits", |part| other_last_bits(part)),
    ("with a character more", |part| part.push('A')),
    ("with a character less", |part| part.truncate(part.len().saturating_sub(1))),
    ("with two characters more", |part| part.push_str("AA")),
    ("with a space after", |part| part.push(' ')),
    ("with a space before", |part| part.insert(0, ' ')),
    ("with a space inside", |part| inside(part, ' ')),
    ("with a line feed after", |part| part.push('\n')),
    ("with a line feed inside", |part| inside(part, '\n')),
    ("with a carriage return after", |part| part.push('\r')),
    ("with a tab inside", |part| inside(part, '\t')),
    ("with a NUL after", |part| part.push('\0')),
    ("with an escape of URLs after", |part| part.push_str("%3D")),
    ("with a letter of Unicode", |part| inside(part, 'é')),
    ("with a wide letter", |part| inside(part, '\u{ff21}')),
    ("empty", String::clear),
    ("encoded twice", |part| *part = b64::encode(part.as_bytes())),
];

const TOKENS: [(&str, Text); 26] = [
    ("a dot before", |token| token.insert(0, '.')),
    ("a dot after", |token| token.push('.')),
    ("two dots after", |token| token.push_str("..")),
    ("a fourth part", |token| token.push_str(".AAAA")),
    ("five parts", |token| token.push_str(".AAAA.AAAA")),
    ("the payload twice", |token| *token = with(token, |[h, p, s]| format!("{h}.{p}.{p}.{s}"))),
    ("without a signature", |token| *token = with(token, |[h, p, _]| format!("{h}.{p}"))),
    ("with an empty signature", |token| *token = with(token, |[h, p, _]| format!("{h}.{p}."))),
    ("without a payload", |token| *token = with(token, |[h, _, s]| format!("{h}..{s}"))),
    ("the header alone", |token| *token = with(token, |[h, _, _]| h.to_owned())),
    ("the parts turned around", |token| *token = with(token, |[h, p, s]| format!("{s}.{p}.{h}"))),
    ("with two dots between", |token| *token = token.replacen('.', "..", 1)),
    ("with a wide dot", |token| *token = token.replacen('.', "\u{ff0e}", 1)),
    ("with a comma between", |token| *token = token.replacen('.', ",", 1)),
    ("empty", String::clear),
    ("dots alone", |token| "..".clone_into(token)),
    ("many dots", |token| *token = ".".repeat(5000)),
    ("a space before", |token| token.insert(0, ' ')),
    ("a space after", |token| token.push(' ')),
    ("a line feed after", |token| token.push('\n')),
    ("Bearer before", |token| token.insert_str(0, "Bearer ")),
    ("in quotes", |token| *token = format!("\"{token}\"")),
    ("twice", |token| *token = format!("{token}{token}")),
    ("two after another", |token| *token = format!("{token},{token}")),
    ("flattened JSON", |token| {
        *token = with(token, |[h, p, s]| {
            format!(r#"{{"protected":"{h}","payload":"{p}","signature":"{s}"}}"#)
        });
    }),
    ("general JSON", |token| {
        *token = with(token, |[h, p, s]| {
            format!(r#"{{"payload":"{p}","signatures":[{{"protected":"{h}","signature":"{s}"}}]}}"#)
        });
    }),
];

/// The token that `form` makes of the three parts.
fn with(token: &str, form: fn([&str; 3]) -> String) -> String {
    let mut parts = token.split('.');
    form([(); 3].map(|()| parts.next().unwrap_or_default()))
}

/// Puts a character after the fourth, or at the end of less.
fn inside(part: &mut String, character: char) {
    let at = part.char_indices().nth(4).map_or(part.len(), |(at, _)| at);
    part.insert(at, character);
}

/// Sets the bits of the last character that stand for nothing, where there are any.
fn other_last_bits(part: &mut String) {
    if part.len().is_multiple_of(4) {
        return;
    }
    let last = part.pop().and_then(|last| ALPHABET.iter().position(|one| char::from(*one) == last));
    let Some(index) = last else { return };
    part.push(char::from(ALPHABET[index | 1]));
}
