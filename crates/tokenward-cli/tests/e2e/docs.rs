//! The documentation as a whole: every block is run by a test or excused, every setting is on its page,
//! and the commands work as printed.

mod commands;
mod settings;

use std::collections::BTreeSet;
use std::fs;

use crate::markdown::{Block, all_blocks, root};

/// Blocks that no test runs: page, a text that the block holds, and why.
const EXCUSED: [(&str, &str, &str); 11] = [
    ("README.md", "serve --dev", "the harness starts this in every test"),
    ("docs/audit-live.md", "api.example.com", "a service of the reader's; `serve --dev` is asked"),
    ("docs/browsers.md", "serve --dev", "the harness starts this in every test"),
    ("docs/custody.md", "systemd-creds", "takes systemd; a test hands over what it would"),
    ("docs/custody.md", "LoadCredentialEncrypted", "a part of a unit; takes systemd"),
    ("docs/caddy.md", "http.server 8080", "the application of the tests stands there"),
    ("docs/haproxy.md", "http.server 8080", "the application of the tests stands there"),
    ("docs/nginx.md", "http.server 8080", "the application of the tests stands there"),
    ("docs/nginx.md", "server auth.example.com", "a part of a file, with production's names"),
    ("docs/traefik.md", "", "Debian has no Traefik"),
    ("docs/verify-rust.md", "[dependencies]", "the doctests below it compile with the same crates"),
];

/// Compiled as doctests of `tokenward-tower` or `tokenward`, and so under no name.
const DOCTESTS: [&str; 15] = [
    "browsers-csp",
    "dpop-layer",
    "dpop-client",
    "mtls-layer",
    "step-up-layer",
    "verify-rust",
    "verify-rust-core",
    "verify-rust-jwks",
    "from-jsonwebtoken-verify",
    "from-jsonwebtoken-claims",
    "from-jsonwebtoken-keys",
    "from-jsonwebtoken-issue",
    "from-jsonwebtoken-errors",
    "from-pyjwt-verify-rust",
    "from-pyjwt-issue-rust",
];

/// What is shown rather than run.
const SHOWN: [&str; 3] = ["text", "json", "http"];

#[test]
fn every_block_is_run_by_a_test_or_excused() {
    let sources = sources();
    let mut unused: BTreeSet<_> = (0..EXCUSED.len()).collect();
    let mut bad = Vec::new();
    for block in all_blocks().iter().filter(|block| !SHOWN.contains(&block.language.as_str())) {
        let excuse = EXCUSED
            .iter()
            .position(|(page, text, _)| block.page == *page && block.text.contains(text));
        match (block.marker.as_deref(), excuse) {
            (Some(marker), None) if is_run(marker, &sources) => {}
            (None, Some(index)) => {
                unused.remove(&index);
            }
            _ => bad.push(format!("{}:{}: {:?}", block.page, block.line, block.marker)),
        }
    }

    assert_eq!(bad, Vec::<String>::new(), "no test runs these");
    let unused: Vec<_> = unused.into_iter().map(|index| EXCUSED[index]).collect();
    assert_eq!(unused, [], "no block needs these excuses");
}

#[test]
fn no_two_blocks_bear_the_same_name() {
    let mut seen = BTreeSet::new();
    let blocks = all_blocks();
    for block in blocks.iter().filter_map(Block::test) {
        assert!(seen.insert(block), "{block}");
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let mut bad = Vec::new();
    for page in crate::markdown::pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            if file.contains("://") {
                continue;
            }
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let there = target.exists()
                && (anchor.is_empty() || anchors(&target).contains(&anchor.to_owned()));
            if !there {
                bad.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(bad, Vec::<String>::new());
}

#[test]
fn the_readme_leads_to_every_page() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let missing: Vec<_> = crate::markdown::pages()
        .into_iter()
        .filter(|page| page.file_name().is_some_and(|name| name != "README.md"))
        .map(|page| format!("(docs/{})", page.file_name().unwrap().display()))
        .filter(|link| !readme.contains(link))
        .collect();

    assert_eq!(missing, Vec::<String>::new());
}

/// Whether a test asks for the block by its name; the tour runs by its own mark.
fn is_run(marker: &str, sources: &str) -> bool {
    match marker.strip_prefix("test: ") {
        Some(name) => DOCTESTS.contains(&name) || sources.contains(&format!("\"{name}\"")),
        None => marker.starts_with("tour"),
    }
}

/// The text of every test here but this one.
fn sources() -> String {
    let e2e = root().join("crates/tokenward-cli/tests/e2e");
    ["docs", "pages", "pages/proxies"]
        .iter()
        .flat_map(|folder| fs::read_dir(e2e.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

/// What a page's headings are called in links.
fn anchors(page: &std::path::Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
        })
        .collect()
}
