//! Raw strings that begin and never end: the parser looks for the end of each anew, to the end of the file.

use crate::language::Language;

/// As many bytes as all those looks together may take.
const MOST: usize = 20_000_000;
/// More signs than anybody puts around a string.
const MAX_HASHES: usize = 255;

/// Whether looking for the ends of strings that have none (`r#"`, `#"`) would take too long.
pub(super) fn is_endless(text: &str, language: Language) -> bool {
    if !matches!(language, Language::Rust | Language::Swift) {
        return false;
    }
    let bytes = text.as_bytes();
    // From behind, so that what follows each opening is known: the most signs that close one there.
    let mut closing = 0_usize;
    let mut looks = 0_usize;
    let mut at = bytes.len();
    while let Some(before) = at.checked_sub(1) {
        at = before;
        if bytes.get(at) != Some(&b'"') {
            continue;
        }
        let is_sign = |byte: &&u8| **byte == b'#';
        let behind = bytes.get(at.saturating_add(1)..).unwrap_or_default();
        let after = behind.iter().take(MAX_HASHES).take_while(is_sign).count();
        let front = bytes.get(..at).unwrap_or_default();
        let opening = front.iter().rev().take(MAX_HASHES).take_while(is_sign).count();
        if opening > closing.max(after) {
            looks = looks.saturating_add(behind.len());
        }
        closing = closing.max(after);
    }
    looks > MOST
}
