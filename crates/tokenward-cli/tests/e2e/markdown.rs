//! The fenced blocks of the documentation, with the marker above each.

use std::fs;
use std::path::{Path, PathBuf};

/// One fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// What stands between `<!--` and `-->` on the line above, for example `test: nginx`.
    pub(crate) marker: Option<String>,
    /// What follows the opening fence.
    pub(crate) language: String,
    /// The lines in between.
    pub(crate) text: String,
    /// The page, below the root of the checkout.
    pub(crate) page: String,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
}

impl Block {
    /// `NAME` of a marker `test: NAME`.
    pub(crate) fn test(&self) -> Option<&str> {
        self.marker.as_deref()?.strip_prefix("test: ")
    }
}

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Every page: the README and `docs/*.md`.
pub(crate) fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> =
        docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// The blocks of every page.
pub(crate) fn all_blocks() -> Vec<Block> {
    pages().iter().flat_map(|page| blocks(page)).collect()
}

/// The blocks that bear `<!-- test: NAME -->`, joined.
pub(crate) fn tested(name: &str) -> String {
    let found: Vec<_> =
        all_blocks().into_iter().filter(|block| block.test() == Some(name)).collect();
    assert!(!found.is_empty(), "no page has <!-- test: {name} -->");
    found.into_iter().map(|block| block.text).collect()
}

/// The blocks of one page, in order.
pub(crate) fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let name = page.strip_prefix(root()).unwrap().display().to_string();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut above = "";
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                let marker = above.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
                open = Some(Block {
                    marker: marker.map(str::to_owned),
                    language: language.to_owned(),
                    text: String::new(),
                    page: name.clone(),
                    line: number + 1,
                });
            }
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
        above = line;
    }
    assert!(open.is_none(), "{name}: a block does not end");
    blocks
}
