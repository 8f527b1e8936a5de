//! What the documentation prints works as printed.
//!
//! A block that follows `<!-- test: NAME -->` is taken out of its page and run. What is replaced are the
//! fixed ports and folders of the printed text, and nothing else.

mod languages;
mod proxies;

use std::fs;
use std::path::Path;

/// The block of `page` in `docs/` that is marked `name`.
fn block(page: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = fs::read_to_string(&path).unwrap();
    let mark = format!("<!-- test: {name} -->\n```");
    let (_, after) = text.split_once(&mark).unwrap_or_else(|| panic!("{page} has no {mark}"));
    let (_language, block) = after.split_once('\n').unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    format!("{block}\n")
}
